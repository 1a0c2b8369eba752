"""Container images: how exactly a reference says which one is meant."""

from __future__ import annotations

from apex_guardrails.gcp.machines import HOLE
from apex_guardrails.model.value import filled
from apex_guardrails.model.view import UndecidedError, View


def image_at(view: View, path: str) -> str | None:
    """The image at a path, with a `HOLE` for what is not known; `None` where there is none.

    Raises:
        UndecidedError: nothing of it is known before deployment.
    """
    parts = view.known_parts(path)
    if parts is None:
        view.get(path)
        return None
    return filled(parts, HOLE) or None


def unpinned(image: str, at: View, *, digest: bool) -> str:
    """Why it is not told which image is meant, in words; "" where it is.

    Omitted: the tag is `latest` (the OCI's and Docker's references of images, 2026-11).

    Args:
        image: as `image_at` gives it.
        at: where it stands.
        digest: whether a tag is not enough, as it can be moved.

    Raises:
        UndecidedError: the part that says so is not known before deployment.
    """
    name, at_sign, _ = image.partition("@")
    if at_sign:
        return ""
    last = name.rpartition("/")[2]
    _, colon, tag = last.partition(":")
    if HOLE in (tag if colon else last):
        raise UndecidedError(at.path, at.resource)
    if not colon or tag == "latest":
        return "has no tag but latest"
    return "has no digest" if digest else ""
