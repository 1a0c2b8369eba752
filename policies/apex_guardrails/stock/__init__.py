"""Stock policies (`pulumi_policy`), in a process of their own, by Pulumi's server for them."""
