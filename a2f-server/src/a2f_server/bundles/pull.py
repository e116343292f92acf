"""Fetches a bundle from Hugging Face with its own library, which shows progress and goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from a2f_server.bundles.catalogue import BundleSource

PATIENCE = 20.0
"""Seconds until an answer."""


def hub() -> ModuleType:
    """The library. Raises ValueError with a sentence where it is not installed."""
    try:
        import huggingface_hub  # noqa: PLC0415 - an extra
        import huggingface_hub.errors  # noqa: PLC0415
    except ImportError:
        raise ValueError(
            "fetching needs huggingface_hub: pip install 'a2f-server[models]' (in a checkout '.[models]')"
        ) from None
    return huggingface_hub


def fetch(source: BundleSource, folder: Path) -> None:
    """Makes `folder` hold what the repository holds at that revision. Files that are there already are kept.

    Raises ValueError with a sentence, whatever goes wrong.
    """
    library = hub()
    _asked(library, source)
    try:
        library.snapshot_download(source.repository, revision=source.revision, local_dir=folder)
    except library.errors.RepositoryNotFoundError:
        raise _closed(source) from None
    except Exception as error:  # whatever a network or a disk comes up with
        raise ValueError(
            f"fetching {source.repository} broke off: {_first_cause(error)}; run it again, it goes on where it was"
        ) from None


def _asked(library: ModuleType, source: BundleSource) -> None:
    """Asks whether it is there.

    Where nobody answers, the library's download would try for minutes, or be content with what is in the folder.
    """
    try:
        library.HfApi().model_info(source.repository, revision=source.revision, timeout=PATIENCE)
    except library.errors.RepositoryNotFoundError:
        raise _closed(source) from None
    except library.errors.RevisionNotFoundError:
        raise ValueError(f"{source.repository} has no revision {source.revision}") from None
    except Exception as error:
        raise ValueError(f"Hugging Face cannot be reached: {_first_cause(error)}") from None


def _closed(source: BundleSource) -> ValueError:
    return ValueError(
        f"{source.repository} does not exist, or it is not open to everybody: accept its terms on its page, make a "
        "token that may read it, and set HF_TOKEN"
    )


def _first_cause(error: BaseException) -> str:
    """What was wrong at first, in one line."""
    while error.__cause__:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]
