"""Posts a report under a pull request, as one comment that each run writes anew.

`report` is the text, `api` the HTTP, `posting` what is done; a host is a module with a class. The
standard library and `support` alone: this repository's own comment.yml installs nothing.
"""
