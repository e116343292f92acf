# make run    sets everything up and serves the page on http://127.0.0.1:8000
# make test   sets everything up and runs all tests: Python, JavaScript, browser
# make check  format, lint, types, generated files: under a minute
# make bench  measures (docs/performance.md); nothing timed is a test
# make train  speaks, trains and writes a new built-in model (hours); train-smoke is the same, tiny (training/README.md)
# make head   sculpts web/avatar/head.glb and draws its contact sheets (docs/head.md)
# make evaluate  scores the built-in model's lip-sync on recordings of people

VENV := .venv
PY := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check format pictures bench head train train-smoke export evaluate build constraints clean

run: $(VENV)/.core
	$(VENV)/bin/a2f-server serve

test: $(VENV)/.ray web/node_modules/.done
	scripts/synthesisers.sh few || echo "without them the smoke training is skipped" >&2
	scripts/haproxy.sh >/dev/null || echo "without it the tests of deploy/haproxy.cfg are skipped" >&2
	$(PY) -m pytest --ignore tests/browser
	cd web && npm test
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) -m pytest tests/browser

check: $(VENV)/.dev web/node_modules/.done
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(PY) scripts/pins.py --check
	cd web && npm run check

format: $(VENV)/.dev web/node_modules/.done
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	cd web && npx biome check --write .

pictures: $(VENV)/.train
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) scripts/pictures.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) scripts/moving_picture.py

bench: $(VENV)/.dev web/node_modules/.done
	$(PY) bench/steps.py
	$(PY) bench/streams.py
	$(PY) bench/streams.py --backend mock --streams 1 100 500
	$(PY) bench/engine.py
	$(PY) bench/solver.py
	$(PY) bench/startup.py
	$(PY) bench/first_frame.py
	node bench/client_tick.mjs
	$(PY) bench/speak.py
	$(PY) bench/closures.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) bench/skew.py
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) bench/fallback.py

head: $(VENV)/.dev web/node_modules/.done
	$(PY) -m tools.head
	A2F_CHROMIUM="$$(scripts/chromium.sh $(PY))" $(PY) -m tools.head.sheet

MODEL := a2f-server/src/a2f_server/backends/builtin/builtin.onnx

train: $(VENV)/.train
	scripts/synthesisers.sh
	$(PY) -m training --output $(MODEL)

train-smoke: $(VENV)/.train
	scripts/synthesisers.sh few
	$(PY) -m training --smoke --folder training/runs/smoke --output training/runs/smoke/builtin.onnx

export: $(VENV)/.train
	$(PY) -m training --epochs 0 --output $(MODEL)

evaluate: $(VENV)/.train
	mkdir -p training/runs
	$(PY) -m training.evaluation --split report
	$(PY) -m training.evaluation --split all --groups --conditions --picture training/runs/evaluation.png

build: web/node_modules/.done
	cd web && npm run build && npm run vendor

constraints: $(VENV)/.ray
	$(PY) scripts/pins.py

clean:
	rm -rf $(VENV) web/node_modules

$(VENV)/bin/python:
	scripts/venv.sh $(VENV)

$(VENV)/.core: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PY) -m pip install -q -c constraints.txt -e '.[cpu,voice]'
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PY) -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/.core

$(VENV)/.train: $(VENV)/.dev
	$(PY) -m pip install -q -c constraints.txt -e '.[dev,train]'
	touch $@

$(VENV)/.ray: $(VENV)/.train
	$(PY) -m pip install -q -c constraints.txt -e '.[dev,train,ray]'
	touch $@

# Not `npm ci`: it takes a lock file without download addresses for incomplete. `install` keeps to its versions too.
web/node_modules/.done: web/package-lock.json
	cd web && npm install --ignore-scripts --no-fund --no-audit
	touch $@
