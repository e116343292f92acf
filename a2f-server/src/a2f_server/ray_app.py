"""The server as a Ray Serve application that scales the number of replicas with the open utterances.

    serve run a2f_server.ray_app:app num_gpus=1 max_replicas=8

The arguments are the fields of `ReplicaOptions`; all other settings (`A2F_…`) come from the replicas' environment.
docs/scale.md describes when to use this, and how to configure a cluster.
"""

from __future__ import annotations

import asyncio
from typing import Any

import ray
import structlog
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from ray import serve
from ray.serve.config import AutoscalingConfig, AutoscalingContext, AutoscalingPolicy

from a2f_server import cloudwatch, environment, logs
from a2f_server.api.app import create_app
from a2f_server.settings import Settings

LOAD = "a2f_load"
"""Name of the statistic that a replica reports: open utterances divided by the most there can be; 1 if it is full."""

ASK_S = 1.0
"""Interval in seconds at which a replica asks Ray's controller whether it is being removed."""
GRACE_S = 10.0
"""Seconds after `drain_s` until Ray kills a replica: time to notice the removal and close connections."""

log = structlog.get_logger(__name__)


class ReplicaOptions(BaseModel):
    """Number of replicas, and resources of each."""

    model_config = ConfigDict(extra="forbid")

    num_gpus: float = Field(0, ge=0, description="GPUs per replica. If not 0, A2F_DEVICE defaults to cuda.")
    num_cpus: float = Field(1, ge=0, description="CPUs per replica.")
    min_replicas: int = Field(1, ge=1, description="Minimum number of replicas.")
    max_replicas: int = Field(
        1, ge=1, description="Maximum number of replicas. Ray needs the resources for all of them."
    )
    target_load: float = Field(0.7, gt=0, le=1, description="Target share of a replica's capacity in use.")
    look_back_s: float = Field(15, gt=10, description="Window in seconds whose highest load counts.")
    downscale_delay_s: float = Field(120, ge=0, description="Seconds of lower load before replicas are removed.")
    drain_s: float = Field(
        20, ge=0, description="Seconds that open utterances have to finish when a replica is removed."
    )


def settings_of(options: ReplicaOptions) -> Settings:
    """Returns the settings of a replica, from its environment and the options. Raises ValueError."""
    settings = environment.load({"drain_s": options.drain_s})
    if options.num_gpus and "device" not in settings.model_fields_set:
        return settings.model_copy(update={"device": "cuda"})
    return settings


class Replica:
    """One server without its own port; Ray's proxies forward requests and WebSockets to it."""

    def __init__(self, options: ReplicaOptions) -> None:
        settings = settings_of(options)
        copy = cloudwatch.destination(settings.cloudwatch_group, settings.cloudwatch_stream)
        logs.configure(settings.log_level, settings.log_json, copy)
        self._app = create_app(settings)
        self._service = self._app.state.service
        self._watching = asyncio.create_task(self._watch(), name="a2f-ray-watch")

    def __serve_build_asgi_app__(self) -> FastAPI:
        """Called by Ray: returns the application of this replica."""
        return self._app

    def check_health(self) -> None:
        """Called by Ray: raises if the model hangs, whereupon Ray replaces the replica."""
        if not self._service.engine.healthy:
            raise RuntimeError("the model hangs or has failed; the replica's log says why")

    def record_autoscaling_stats(self) -> dict[str, float]:
        """Called by Ray: returns the load that autoscaling is based on."""
        engine = self._service.engine
        return {LOAD: 1.0 if engine.slots.full else engine.slots.taken / engine.slots.most}

    async def _watch(self) -> None:
        """Drains the replica when Ray removes it.

        Ray notifies a replica only after its last connection is closed, but a page keeps its connection open. So the
        replica polls, lets its utterances finish, and closes all connections.
        """
        while not await _is_stopping():  # noqa: ASYNC110 - Ray offers no event to wait for
            await asyncio.sleep(ASK_S)
        log.info("this replica is being removed", open=self._service.engine.slots.taken)
        await self._service.drain()


class ByLoad:
    """Autoscaling policy for Ray that keeps the load of each replica at `target`."""

    def __init__(self, target: float) -> None:
        self._target = target

    def __call__(self, context: AutoscalingContext) -> tuple[float, dict[str, Any]]:
        """Returns the desired number of replicas, which Ray rounds up, clamps and delays, and an empty state."""
        loads = (context.aggregated_metrics or {}).get(LOAD, {})
        return sum(loads.values()) / self._target, {}


def app(arguments: dict[str, Any] | ReplicaOptions) -> Any:
    """Returns the application for `serve run`, `serve deploy` or `serve.run(app(ReplicaOptions(…)))`.

    Raises ValueError for arguments that are not fields of `ReplicaOptions`.
    """
    options = ReplicaOptions.model_validate(arguments)
    deployment = serve.deployment(
        serve.ingress()(Replica),
        name="a2f",
        ray_actor_options={"num_gpus": options.num_gpus, "num_cpus": options.num_cpus},
        autoscaling_config=AutoscalingConfig(
            min_replicas=options.min_replicas,
            max_replicas=max(options.min_replicas, options.max_replicas),
            look_back_period_s=options.look_back_s,
            aggregation_function="max",  # utterances beyond the capacity are refused, so the peak matters
            upscale_delay_s=0,
            downscale_delay_s=options.downscale_delay_s,
            policy=AutoscalingPolicy(
                policy_function="a2f_server.ray_app:ByLoad", policy_kwargs={"target": options.target_load}
            ),
        ),
        # Counts connections. The server refuses those above A2F_MAX_CONNECTIONS as `busy`; Ray would queue them.
        max_ongoing_requests=2 * Settings.model_fields["max_connections"].default,
        health_check_period_s=5,
        health_check_timeout_s=20,
        graceful_shutdown_wait_loop_s=0.5,
        graceful_shutdown_timeout_s=options.drain_s + GRACE_S,
    )
    return deployment.bind(options)


async def _is_stopping() -> bool:
    """Returns whether Ray is removing this replica or the application; false if the controller cannot be reached."""
    me = serve.get_replica_context()
    try:
        controller = ray.get_actor("SERVE_CONTROLLER_ACTOR", namespace="serve")
        details = await controller.get_serve_instance_details.remote()
        deployment = details["applications"][me.app_name]["deployments"][me.deployment]
        states = {one["replica_id"]: one["state"] for one in deployment["replicas"]}
    except KeyError:
        return True
    except (ValueError, ray.exceptions.RayError):
        return False
    return states.get(me.replica_tag) == "STOPPING"
