"""Switches off the telemetry of the libraries we use. Runs when a package of this project is imported.

Environment variables do it, because every process we start inherits them (page workers, training ranks,
Prefect's server) and because a library may report home as soon as it is imported: onnxruntime queues its
first report then, so that its `disable_telemetry_events()` comes too late.
"""

from __future__ import annotations

import os

OFF = {
    # onnxruntime: reports each process and session to Microsoft, and keeps a device id in ~/.cache/Microsoft.
    "ORT_DISABLE_TELEMETRY": "1",
    # Prefect's client (Amplitude) and huggingface_hub follow this convention (https://donottrack.sh).
    "DO_NOT_TRACK": "1",
    # Prefect's server: a heartbeat every ten minutes; advertisements on its page.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # huggingface_hub: for whoever sets DO_NOT_TRACK=0; without it each request asks for a list of AI agents.
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # PaddleX: pings four model hosts when it is imported.
    "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
}
"""Variable -> the value that switches a library's telemetry off."""


def switch_off_telemetry() -> None:
    """Set the variables of `OFF` for this process and its children; a value that a person has set stays."""
    for name, value in OFF.items():
        os.environ.setdefault(name, value)
