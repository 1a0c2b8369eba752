"""Cloud Monitoring: alerts, uptime checks, and who hears of them."""
