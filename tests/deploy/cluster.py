"""Runs Ray Serve in a separate process: `python -m tests.deploy.cluster PORT FOLDER '{options}'`.

Prints "ready" when the application serves on that port, then the states of its replicas as JSON for each line on stdin.
Ends when stdin is closed.
"""

from __future__ import annotations

import json
import sys

import ray
from ray import serve
from ray._private import services
from ray.serve._private import api, client

from a2f_server.ray_app import ReplicaOptions, app


def start(port: int, folder: str) -> None:
    """Starts Ray with two CPUs and little memory, on loopback only."""
    services.resolve_ip_for_localhost = lambda host: host  # or Ray would use the external address
    api.HTTP_PROXY_TIMEOUT = client.HTTP_PROXY_TIMEOUT = 600  # the machine may be slow
    ray.init(
        address="local",
        num_cpus=2,
        num_gpus=0,
        include_dashboard=False,
        object_store_memory=80 << 20,
        log_to_driver=False,
        logging_level="error",
        _node_ip_address="127.0.0.1",
        _temp_dir=folder,
    )
    serve.start(http_options={"host": "127.0.0.1", "port": port}, logging_config={"log_level": "WARNING"})


def states() -> dict[str, int]:
    """Returns the number of replicas by state."""
    deployment = serve.status().applications["default"].deployments["a2f"]
    return {getattr(state, "value", str(state)): count for state, count in deployment.replica_states.items()}


def main(port: str, folder: str, options: str) -> None:
    """Serves the application and answers on stdout."""
    start(int(port), folder)
    serve.run(app(ReplicaOptions(**json.loads(options))))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(states()), flush=True)
    serve.shutdown()
    ray.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
