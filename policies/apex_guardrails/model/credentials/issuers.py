"""Tokens that begin with what their issuer has chosen for them, so that they can be found.

Sources: the issuers' documentation of their tokens, and the rules of gitleaks; 2026-11.
"""

from __future__ import annotations

from typing import Final

ISSUERS: Final = (
    ("GitLab token", ("glpat-", "glrt-", "gldt-", "glptt-", "glft-", "glsoat-"), r"[\w-]{20,}"),
    ("Slack app token", ("xapp-",), r"\d-[A-Z0-9]+-\d+-[a-f0-9]{20,}"),
    ("Slack webhook", ("hooks.slack.com/",), r"(?:services|workflows|triggers)(?:/\w{6,}){3}"),
    (
        "Discord webhook",
        ("discord.com/api/", "discordapp.com/api/"),
        r"webhooks/\d{15,}/[\w-]{40,}",
    ),
    ("Teams webhook", ("webhook.office.com/",), r"webhookb2/[\w@-]{36,}/IncomingWebhook/\w{32}"),
    ("Google OAuth client secret", ("GOCSPX-",), r"[\w-]{20,}"),
    ("Google refresh token", ("1//0",), r"[\w-]{30,}"),
    ("Stripe webhook secret", ("whsec_",), r"[A-Za-z0-9+/]{24,}"),
    ("DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"[a-f0-9]{64}"),
    ("npm token", ("npm_",), r"[A-Za-z0-9]{36}"),
    ("PyPI token", ("pypi-AgEI",), r"[\w-]{50,}"),
    ("RubyGems API key", ("rubygems_",), r"[a-f0-9]{48}"),
    ("Docker token", ("dckr_pat_", "dckr_oat_"), r"[\w-]{20,}"),
    ("Vault token", ("hvs.", "hvb.", "hvr."), r"[\w-]{24,}"),
    ("Shopify token", ("shpat_", "shpss_", "shpca_", "shppa_"), r"[a-fA-F0-9]{32}"),
    ("New Relic key", ("NRAK-", "NRII-"), r"[\w-]{27,}"),
    ("Linear token", ("lin_api_", "lin_oauth_"), r"[A-Za-z0-9]{32,}"),
    ("Postman API key", ("PMAK-",), r"[a-f0-9]{24}-[a-f0-9]{34}"),
    ("Databricks token", ("dapi",), r"[a-f0-9]{32}"),
    ("Grafana service account token", ("glsa_",), r"[A-Za-z0-9]{32}_[a-fA-F0-9]{8}"),
    ("Grafana Cloud token", ("glc_eyJ",), r"[A-Za-z0-9+/]{30,}"),
    ("Grafana API key", ("eyJrIjoi",), r"[A-Za-z0-9+/]{50,}"),
    ("Atlassian token", ("ATATT3", "ATCTT3"), r"[\w=-]{60,}"),
    ("Figma token", ("figd_",), r"[\w-]{36,}"),
    ("Square token", ("sq0atp-", "sq0csp-"), r"[\w-]{22,}"),
    ("Brevo API key", ("xkeysib-",), r"[a-f0-9]{64}-\w{16}"),
    ("Sentry token", ("sntrys_", "sntryu_"), r"[A-Za-z0-9+/=_]{40,}"),
    ("Fly.io token", ("fm1r_", "fm2_", "fo1_"), r"[\w+/=-]{40,}"),
    ("Groq API key", ("gsk_",), r"[A-Za-z0-9]{40,}"),
    ("Replicate token", ("r8_",), r"[A-Za-z0-9]{37}"),
    ("Perplexity API key", ("pplx-",), r"[A-Za-z0-9]{40,}"),
    ("xAI API key", ("xai-",), r"[A-Za-z0-9]{60,}"),
    ("OpenRouter API key", ("sk-or-v1-",), r"[a-f0-9]{64}"),
    ("Langfuse key", ("sk-lf-",), r"[a-f0-9]{8}-[a-f0-9-]{27}"),
    ("LangSmith key", ("lsv2_pt_", "lsv2_sk_"), r"[a-f0-9]{32}_[a-f0-9]{10}"),
    ("Amazon Bedrock API key", ("ABSKQmVkcm9ja",), r"[A-Za-z0-9+/=]{60,}"),
    ("Doppler token", ("dp.pt.", "dp.st.", "dp.sa.", "dp.ct."), r"[\w.-]{40,}"),
    ("Tailscale key", ("tskey-",), r"(?:auth|api|client|scim|webhook)-\w+-\w{20,}"),
    ("1Password token", ("ops_eyJ",), r"[\w+/=-]{100,}"),
    ("Notion token", ("ntn_",), r"\d{10,}[A-Za-z0-9]{30,}"),
    ("PostHog key", ("phx_",), r"[A-Za-z0-9]{40,}"),
    ("EasyPost key", ("EZAK",), r"[A-Za-z0-9]{54}"),
    ("Supabase key", ("sbp_", "sb_secret_"), r"[\w-]{22,}"),
    ("Netlify token", ("nfp_",), r"[A-Za-z0-9]{36}"),
    ("PlanetScale token", ("pscale_tkn_", "pscale_pw_", "pscale_oauth_"), r"[\w.=-]{32,}"),
    ("SonarQube token", ("squ_", "sqp_", "sqa_"), r"[a-f0-9]{40}"),
    ("Buildkite token", ("bkua_",), r"[a-f0-9]{40}"),
    ("age key", ("AGE-SECRET-KEY-1",), r"[A-Z0-9]{58}"),
    ("Azure shared access signature", ("sig=",), r"(?:[A-Za-z0-9/+]|%2[BFbf]){40,}(?:=|%3[Dd])"),
    ("signed address", ("X-Goog-Signature=", "X-Amz-Signature="), r"[a-f0-9]{64,}"),
)
"""What issues it, what it may begin with, and the rest as a pattern."""
