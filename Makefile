# `make` or `make help` lists the targets. The first call sets up .venv and web/node_modules.

VENV := .venv
PY := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A variable's option, only if it was given as in `make run PORT=8001`: shells export a HOST with another meaning.
option = $(if $(filter command,$(origin $1)),$2 '$($1)')

# Tests that need more than the `dev` extra; `make test` runs them too.
TORCH_TESTS := tests/training/test_smoke.py tests/training/network tests/backends/emotalk
RAY_TESTS := tests/deploy/test_ray.py
PROXY_TESTS := tests/deploy/test_haproxy.py tests/deploy/test_documented_proxies.py
BROWSER_TESTS := tests/browser tests/examples

.PHONY: help run test test-server test-web browser-tests check format pictures bench structure head site train \
  train-smoke export evaluate build network protos constraints dashboard clean

help: ## list the targets
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.core ## serve the page on http://127.0.0.1:8000 (HOST=… and PORT=… change the address)
	$(VENV)/bin/a2f-server serve $(call option,HOST,--host) $(call option,PORT,--port)

test: $(VENV)/.ray web/node_modules/.done ## run all tests: Python, JavaScript and browser; what CI runs
	scripts/synthesisers.sh few || echo "no speech synthesisers: the smoke test of the training is skipped" >&2
	for proxy in haproxy caddy nginx; do scripts/proxy.sh $$proxy >/dev/null || echo "its tests are skipped" >&2; done
	$(PY) -m pytest $(addprefix --ignore=,$(BROWSER_TESTS))
	cd web && npm test
	@$(MAKE) --no-print-directory browser-tests

test-server: $(VENV)/.dev ## run the Python tests that need no torch, Ray, proxy or browser
	$(PY) -m pytest $(addprefix --ignore=,$(TORCH_TESTS) $(RAY_TESTS) $(PROXY_TESTS) $(BROWSER_TESTS))
	@echo "left out: $(TORCH_TESTS) (needs torch), $(RAY_TESTS) (Ray), $(PROXY_TESTS) (proxies and npm)," \
	  "$(BROWSER_TESTS) (Chromium). make test runs everything."

test-web: $(VENV)/.dev web/node_modules/.done ## run the JavaScript and browser tests
	cd web && npm test
	@$(MAKE) --no-print-directory browser-tests

browser-tests: $(VENV)/.examples examples/react-three-fiber/node_modules/.done
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) -m pytest $(BROWSER_TESTS)

check: $(VENV)/.dev web/node_modules/.done ## check format, lint, types and generated files, in under a minute
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(PY) scripts/pins.py --check
	$(PY) scripts/protos.py --check
	$(PY) scripts/dashboard.py --check
	$(PY) -m tools.network_file --check
	cd web && npm run check

format: $(VENV)/.dev web/node_modules/.done ## format the code and fix what the linters can fix
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	cd web && npx biome check --write .

pictures: $(VENV)/.train ## take the screenshots in docs/images
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) scripts/pictures.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) scripts/moving_picture.py

bench: $(VENV)/.dev web/node_modules/.done ## run the benchmarks of docs/performance.md
	$(PY) bench/steps.py
	$(PY) bench/streams.py
	$(PY) bench/streams.py --backend mock --streams 1 100 500
	$(PY) bench/grpc_streams.py
	$(PY) bench/protobuf_streams.py
	$(PY) bench/endpoint_overhead.py
	$(PY) bench/engine.py
	$(PY) bench/solver.py
	$(PY) bench/startup.py
	$(PY) bench/video_drawing.py
	$(PY) bench/animate.py
	$(PY) bench/python_client.py
	$(PY) bench/abuse/run.py
	$(PY) bench/first_frame.py
	node bench/browser_client/client_tick.mjs
	$(PY) bench/speak.py
	$(PY) bench/local_voice.py
	$(PY) bench/browser_client/closures.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) bench/browser_client/skew.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) bench/browser_client/fallback.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) bench/browser_client/jitter.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) bench/browser_client/live_voice.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) bench/browser_client/network_fallback.py

structure: $(VENV)/bin/python ## print the size and shape of the code as a table
	@$(PY) bench/structure.py

site: $(VENV)/.core ## write the page without a server to site/, for any static host (docs/without-a-server.md)
	$(PY) -m tools.site site

head: $(VENV)/.dev web/node_modules/.done ## build web/avatar/head.glb and draw its contact sheets (docs/head.md)
	$(PY) -m tools.head
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) -m tools.head.sheet

MODEL := a2f-server/src/a2f_server/backends/builtin/builtin.onnx

train: $(VENV)/.corpus ## train the built-in model from scratch, in hours (PEOPLE=folder, START=model: training/README.md)
	scripts/synthesisers.sh
	$(PY) -m training --output $(MODEL) $(call option,PEOPLE,--people) $(call option,START,--start)
	$(PY) -m tools.network_file

train-smoke: $(VENV)/.train ## run every step of the training on a tiny scale, in half a minute
	scripts/synthesisers.sh few
	$(PY) -m training --smoke --folder training/runs/smoke --output training/runs/smoke/builtin.onnx

export: $(VENV)/.train ## export the last training checkpoint as the built-in model
	$(PY) -m training --epochs 0 --output $(MODEL)
	$(PY) -m tools.network_file

evaluate: $(VENV)/.train ## score the built-in model's lip-sync on recordings of people
	mkdir -p training/runs
	$(PY) -m training.evaluation --split report
	$(PY) -m training.evaluation --split all --speakers --conditions --picture training/runs/evaluation.png

build: web/node_modules/.done ## build the client's bundles and copy its vendored libraries
	cd web && npm run build && npm run vendor

protos: $(VENV)/.dev ## generate the code of messages from the .proto files
	$(PY) scripts/protos.py

dashboard: $(VENV)/bin/python ## write Grafana's dashboard from scripts/dashboard.py
	$(PY) scripts/dashboard.py

network: $(VENV)/.dev ## convert the built-in model for browsers (web/network/network.bin)
	$(PY) -m tools.network_file

constraints: $(VENV)/.ray $(VENV)/.corpus ## write the exact versions of this environment to constraints.txt
	$(PY) scripts/pins.py

clean: ## delete .venv and the folders node_modules
	rm -rf $(VENV) web/node_modules examples/react-three-fiber/node_modules

$(VENV)/bin/python:
	scripts/venv.sh $(VENV)

$(VENV)/.core: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PY) -m pip install -q -c constraints.txt -e '.[cpu,voice,portrait]'
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PY) -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/.core

$(VENV)/.train: $(VENV)/.dev
	$(PY) -m pip install -q -c constraints.txt -e '.[dev,train,emotalk]'
	touch $@

$(VENV)/.corpus: $(VENV)/.train
	$(PY) -m pip install -q -c constraints.txt -e '.[dev,train,emotalk,corpus]'
	touch $@

$(VENV)/.ray: $(VENV)/.train
	$(PY) -m pip install -q -c constraints.txt -e '.[dev,train,emotalk,ray]'
	touch $@

# Beside the environment: see the file.
$(VENV)/.examples: $(VENV)/.dev tests/examples/requirements.txt
	$(PY) -m pip install -q --no-deps --upgrade --target $(VENV)/examples -r tests/examples/requirements.txt
	touch $@

examples/react-three-fiber/node_modules/.done: examples/react-three-fiber/package-lock.json
	cd examples/react-three-fiber && npm install --ignore-scripts --no-fund --no-audit
	touch $@

# `npm ci` rejects a lock file without download addresses; `npm install` also installs the locked versions.
web/node_modules/.done: web/package-lock.json
	cd web && npm install --ignore-scripts --no-fund --no-audit
	touch $@
