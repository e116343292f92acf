"""Downloads a bundle with Hugging Face's library, which shows progress and resumes interrupted downloads."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from a2f_server.models_command.catalogue import BundleSource

TIMEOUT_S = 20.0
"""Time limit for the first answer, in seconds."""


def hub() -> ModuleType:
    """Returns the library. Raises ValueError with an actionable message if it is not installed."""
    try:
        import huggingface_hub  # noqa: PLC0415 - an extra
        import huggingface_hub.errors  # noqa: PLC0415
    except ImportError:
        raise ValueError(
            "downloading needs huggingface_hub: pip install 'a2f-server[models]' (in a checkout '.[models]')"
        ) from None
    return huggingface_hub


def fetch(source: BundleSource, folder: Path) -> None:
    """Downloads the repository at the source's revision to `folder`. Complete files are kept.

    Raises ValueError with an actionable message for every failure.
    """
    library = hub()
    _check_exists(library, source)
    try:
        library.snapshot_download(source.repository, revision=source.revision, local_dir=folder)
    except library.errors.RepositoryNotFoundError:
        raise _not_accessible(source) from None
    except Exception as error:  # any error of the network or the disk
        raise ValueError(
            f"the download of {source.repository} failed: {_first_cause(error)}; run it again to resume"
        ) from None


def _check_exists(library: ModuleType, source: BundleSource) -> None:
    """Checks that the repository and the revision exist.

    Without an answer, the library's download would retry for minutes or accept the folder as it is.
    """
    try:
        library.HfApi().model_info(source.repository, revision=source.revision, timeout=TIMEOUT_S)
    except library.errors.RepositoryNotFoundError:
        raise _not_accessible(source) from None
    except library.errors.RevisionNotFoundError:
        raise ValueError(f"{source.repository} has no revision {source.revision}") from None
    except Exception as error:
        raise ValueError(f"Hugging Face cannot be reached: {_first_cause(error)}") from None


def _not_accessible(source: BundleSource) -> ValueError:
    return ValueError(
        f"{source.repository} does not exist or is not public: accept its terms on its page, create a token with read "
        "access, and set HF_TOKEN"
    )


def _first_cause(error: BaseException) -> str:
    """Returns the root cause in one line."""
    while error.__cause__:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]
