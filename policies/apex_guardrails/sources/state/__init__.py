"""A stack that exists already: what `pulumi stack export` prints, as the model's resources.

Forms and signatures: Pulumi's `sdk/go/common/apitype` (`core.go` and the JSON schemas beside it)
and `pkg/resource/stack/deployment.go`, read on 2026-11-25 (deployments of the versions 1 to 4).
"""

from apex_guardrails.sources.state.stack import State, read_state, state_in

__all__ = ["State", "read_state", "state_in"]
