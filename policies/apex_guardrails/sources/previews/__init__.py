"""What Pulumi itself says of a preview: `pulumi preview --json`, and the engine's event log.

Forms: Pulumi's `pkg/display/json.go` (`PreviewDigest`), `pkg/backend/display/json.go`, which
fills it, and `sdk/go/common/apitype/events.go` (`EngineEvent`), read on 2026-11-30 (3.259).
"""

from apex_guardrails.sources.previews.digest import is_digest, read_digest
from apex_guardrails.sources.previews.events import is_event, read_events
from apex_guardrails.sources.previews.preview import Preview
from apex_guardrails.sources.previews.stack import stack_of

__all__ = ["Preview", "is_digest", "is_event", "read_digest", "read_events", "stack_of"]
