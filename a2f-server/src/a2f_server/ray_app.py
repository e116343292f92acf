"""The server as a Ray Serve application: a replica a device, as many replicas as the open utterances need.

    serve run a2f_server.ray_app:app num_gpus=1 max_replicas=8

Arguments are those of `Options`; everything else is a setting of ours (`A2F_…`) in the environment of the replicas.
docs/scale.md says when this is the right thing, and how a cluster is configured.
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

from a2f_server import logs
from a2f_server.api.app import create_app
from a2f_server.settings import Settings

LOAD = "a2f_load"
"""Name of what a replica reports: its open utterances over those that it can carry, 0–1."""

ASK_S = 1.0
"""Seconds between two questions to Ray's controller whether a replica is being taken away."""
GRACE_S = 10.0
"""Seconds beyond `drain_s` after which Ray kills a replica: for farewells, and until it has noticed."""

log = structlog.get_logger(__name__)


class Options(BaseModel):
    """How many replicas there are, and what each of them gets."""

    model_config = ConfigDict(extra="forbid")

    num_gpus: float = Field(0, ge=0, description="GPUs of a replica; with one, A2F_DEVICE is cuda unless it is set.")
    num_cpus: float = Field(1, ge=0, description="CPUs of a replica.")
    min_replicas: int = Field(1, ge=1, description="Replicas that are always there.")
    max_replicas: int = Field(1, ge=1, description="Most replicas; Ray needs devices for all of them.")
    target_load: float = Field(0.7, gt=0, le=1, description="Share of its places that a replica should have taken.")
    look_back_s: float = Field(15, gt=10, description="Seconds whose highest load counts.")
    downscale_delay_s: float = Field(120, ge=0, description="Seconds that a lower load must last.")
    drain_s: float = Field(20, ge=0, description="Seconds that open utterances get where a replica is taken away.")


def settings_of(options: Options) -> Settings:
    """Those of a replica: of its environment, and what follows from the options. Raises ValueError."""
    settings = Settings(drain_s=options.drain_s)
    if options.num_gpus and "device" not in settings.model_fields_set:
        return settings.model_copy(update={"device": "cuda"})
    return settings


class Replica:
    """One server, without a port of its own: Ray's proxies bring its requests and sockets."""

    def __init__(self, options: Options) -> None:
        settings = settings_of(options)
        logs.configure(settings.log_level, settings.log_json)
        self._app = create_app(settings)
        self._service = self._app.state.service
        self._watching = asyncio.create_task(self._watch(), name="a2f-ray-watch")

    def __serve_build_asgi_app__(self) -> FastAPI:
        """Ray: the application of this replica."""
        return self._app

    def check_health(self) -> None:
        """Ray: raises when the model hangs, upon which the replica is replaced."""
        if not self._service.engine.healthy:
            raise RuntimeError("the model hangs or has failed; the replica's log says why")

    def record_autoscaling_stats(self) -> dict[str, float]:
        """Ray: what the number of replicas follows."""
        engine = self._service.engine
        return {LOAD: engine.slots.taken / engine.slots.capacity}

    async def _watch(self) -> None:
        """Ray waits for a replica's last socket before it says anything to it. A page keeps its socket for as long as
        it is open, so a replica asks, lets its utterances finish and sends everybody elsewhere."""
        while not await _is_stopping():  # noqa: ASYNC110 - nobody would set an event
            await asyncio.sleep(ASK_S)
        log.info("this replica is being taken away", open=self._service.engine.slots.taken)
        await self._service.drain()


class ByLoad:
    """Ray's autoscaling policy: so many replicas that each has `target` of its places taken."""

    def __init__(self, target: float) -> None:
        self._target = target

    def __call__(self, context: AutoscalingContext) -> tuple[float, dict[str, Any]]:
        """The number of replicas that is wanted, which Ray rounds up, bounds and delays; and no state."""
        loads = (context.aggregated_metrics or {}).get(LOAD, {})
        return sum(loads.values()) / self._target, {}


def app(arguments: dict[str, Any] | Options) -> Any:
    """The application for `serve run` and `serve deploy`, or for `serve.run(app(Options(…)))`. Raises ValueError for
    arguments that are none of `Options`."""
    options = Options.model_validate(arguments)
    deployment = serve.deployment(
        serve.ingress()(Replica),
        name="a2f",
        ray_actor_options={"num_gpus": options.num_gpus, "num_cpus": options.num_cpus},
        autoscaling_config=AutoscalingConfig(
            min_replicas=options.min_replicas,
            max_replicas=max(options.min_replicas, options.max_replicas),
            look_back_period_s=options.look_back_s,
            aggregation_function="max",  # who finds no place is refused at once, so that the peak is what matters
            upscale_delay_s=0,
            downscale_delay_s=options.downscale_delay_s,
            policy=AutoscalingPolicy(
                policy_function="a2f_server.ray_app:ByLoad", policy_kwargs={"target": options.target_load}
            ),
        ),
        # Sockets, not utterances: above A2F_MAX_CONNECTIONS the server itself says `busy`, Ray would let them wait.
        max_ongoing_requests=2 * Settings.model_fields["max_connections"].default,
        health_check_period_s=5,
        health_check_timeout_s=20,
        graceful_shutdown_wait_loop_s=0.5,
        graceful_shutdown_timeout_s=options.drain_s + GRACE_S,
    )
    return deployment.bind(options)


async def _is_stopping() -> bool:
    """Whether Ray's controller takes this replica away, or the whole application. While it cannot be asked, no."""
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
