"""What a Go program's text tells: its SDK cannot be asked, as an executable is what it is."""
