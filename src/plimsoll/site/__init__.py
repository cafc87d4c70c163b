"""The top floor: settings, urls, wiring; the only place that knows everybody."""
