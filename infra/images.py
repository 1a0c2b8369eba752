"""What the name of a container image tells."""


def is_pinned(image: str) -> bool:
    """Whether an image is named by its digest, so that it is the same one for ever."""
    return "@sha256:" in image


def is_sample(image: str) -> bool:
    """Whether an image is one of Google's, which run until there is one of our own."""
    return image.startswith("us-docker.pkg.dev/cloudrun/container/")
