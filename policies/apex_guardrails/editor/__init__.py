"""`apex lsp`: findings in an editor, over the Language Server Protocol."""
