"""What a stack costs, held against the limits in the section `cost` of `policy-pack.yaml`."""
