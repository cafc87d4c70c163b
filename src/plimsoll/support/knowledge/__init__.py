"""Knowledge articles (clause 7.6)."""
