"""What a key is, by the word before it in a name: `SIGNING_KEY`, `STRIPE_KEY`, `SORT_KEY`."""

from __future__ import annotations

from typing import Final

KEY_IS: Final = frozenset(
    {
        *("api", "secret", "private", "signing", "sign", "signature", "encryption", "encrypt"),
        *("encrypting", "decryption", "cipher", "aes", "hmac", "jwt", "auth", "authentication"),
        *("access", "master", "shared", "fernet", "secure", "unseal", "recovery", "psk"),
        *("preshared", "symmetric", "symmetrical"),
    }
)
"""What is before `key` where that is one which opens something, and may be made up by hand."""

KEY_ISSUED: Final = frozenset(
    {
        *("license", "licence", "deploy", "write", "ingestion", "pgp", "gpg", "cosign"),
        *("wireguard", "stripe", "sendgrid", "mailgun", "mailchimp", "mailjet", "openai"),
        *("anthropic", "claude", "gemini", "cohere", "mistral", "groq", "huggingface", "hf"),
        *("datadog", "dd", "newrelic", "relic", "algolia", "twilio", "pusher", "segment"),
        *("mixpanel", "amplitude", "intercom", "launchdarkly", "rollbar", "bugsnag"),
        *("honeybadger", "postmark", "sparkpost", "resend", "deepl", "tavily", "pinecone"),
        *("weaviate", "qdrant", "langsmith", "langchain", "langfuse", "serpapi", "replicate"),
        *("elevenlabs", "assemblyai", "deepgram", "voyage", "jina", "okta", "auth0", "clerk"),
        *("paypal", "braintree", "square", "adyen", "plaid", "coinbase"),
    }
)
"""What is before `key` where whoever issues it makes it up."""

NO_KEY: Final = frozenset(
    {
        *("anon", "cache", "checksum", "cluster", "clustering", "column", "config", "crypto"),
        *("customer", "dedup", "deduplication", "env", "feature", "field", "foreign", "group"),
        *("header", "host", "hot", "i18n", "idempotency", "issue", "kms", "label", "lock", "map"),
        *("message", "metadata", "metric", "object", "order", "ordering", "partition", "path"),
        *("primary", "project", "property", "public", "publishable", "recaptcha", "recv"),
        *("registry", "revocation", "route", "row", "shard", "site", "sort", "space", "sql"),
        *("state", "tag"),
        *("topology", "translation", "unique", "vapid", "verification", "verify"),
    }
)
"""What is before `key` where that is public, or the name of something else."""
