"""Rules about what runs in a Kubernetes cluster; deeper is the work of tools inside it."""
