"""The pages of the documentation site, which scripts/make_docs_site.py builds."""
