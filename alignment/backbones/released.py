"""The published Chinese-CLIP weights: which file a model is, where it lies, where it comes from."""

from __future__ import annotations

from pathlib import Path

from alignment.errors import MissingDependencyError

WEIGHTS_DIR = Path("~/.cache/clip")
"""Where cn_clip keeps its downloads too."""

_SOURCES = {
    "ViT-B-16": ("OFA-Sys/chinese-clip-vit-base-patch16", "clip_cn_vit-b-16.pt"),
    "ViT-L-14": ("OFA-Sys/chinese-clip-vit-large-patch14", "clip_cn_vit-l-14.pt"),
    "ViT-L-14-336": ("OFA-Sys/chinese-clip-vit-large-patch14-336px", "clip_cn_vit-l-14-336.pt"),
    "ViT-H-14": ("OFA-Sys/chinese-clip-vit-huge-patch14", "clip_cn_vit-h-14.pt"),
    "RN50": ("OFA-Sys/chinese-clip-rn50", "clip_cn_rn50.pt"),
}


def weights_file(name: str, weights_dir: Path | None = None) -> Path:
    """Where the weights of a released model belong; the file need not exist."""
    return (weights_dir or WEIGHTS_DIR).expanduser() / _SOURCES[name][1]


def found_weights(weights_dir: Path | None = None) -> list[str]:
    """The released models whose weights lie ready."""
    return [name for name in _SOURCES if weights_file(name, weights_dir).is_file()]


def fetch_weights(name: str, weights_dir: Path | None = None) -> Path:
    """The file of a released model, downloaded when it is not there.

    Raises MissingDependencyError, naming file and folder, when it cannot be had.
    """
    path = weights_file(name, weights_dir)
    if path.is_file():
        return path
    import httpx2
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    repository, file = _SOURCES[name]
    try:
        # Fails at once where there is no network; the download tries again for half a minute.
        get_hf_file_metadata(hf_hub_url(repository, file))
        return Path(hf_hub_download(repository, file, local_dir=path.parent))
    except (
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        httpx2.HTTPError,  # huggingface_hub lets it through
        OSError,
    ) as error:
        raise MissingDependencyError(
            f"the weights of {name} are not here and cannot be downloaded ({type(error).__name__}). On a "
            f"machine with a network get {file} from https://huggingface.co/{repository} and put it into "
            f"{path.parent}"
        ) from error
