//go:build tools

// Package tools names the program that scripts/pulumi-language-yaml builds from this module's go.mod
// and go.sum, so that `go mod tidy` keeps what it needs.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
