// Checks the types of programs against the sources of the modules that they import. It takes seconds where
// compiling those modules takes minutes: only the programs' own functions have bodies that are looked at.
//
//	go run . MODULE=FOLDER... FILE...
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

// sources has packages by the folder that they are in.
type sources struct {
	files    *token.FileSet
	modules  map[string]string
	packages map[string]*types.Package
}

// folder is where a package's sources are; "" for one of another module, which the programs see nothing of.
func (s *sources) folder(path string) string {
	for module, folder := range s.modules {
		if path == module || strings.HasPrefix(path, module+"/") {
			return filepath.Join(folder, strings.TrimPrefix(path, module))
		}
	}
	if strings.Contains(strings.Split(path, "/")[0], ".") {
		return ""
	}
	return filepath.Join(build.Default.GOROOT, "src", path)
}

// Import gives a package with its declarations alone.
func (s *sources) Import(path string) (*types.Package, error) {
	if known, found := s.packages[path]; found {
		return known, nil
	}
	empty := types.NewPackage(path, filepath.Base(path))
	empty.MarkComplete()
	s.packages[path] = empty
	folder := s.folder(path)
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if folder == "" {
		return empty, nil
	}
	found, err := build.ImportDir(folder, 0)
	if err != nil {
		return nil, err
	}
	var parsed []*ast.File
	for _, name := range found.GoFiles {
		file, err := parser.ParseFile(s.files, filepath.Join(folder, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	config := types.Config{Importer: s, IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {}}
	made, _ := config.Check(path, s.files, parsed, nil)
	s.packages[path] = made
	return made, nil
}

func main() {
	all := &sources{token.NewFileSet(), map[string]string{}, map[string]*types.Package{}}
	for _, argument := range os.Args[1:] {
		if module, folder, found := strings.Cut(argument, "="); found {
			all.modules[module] = folder
			continue
		}
		file, err := parser.ParseFile(all.files, argument, nil, parser.SkipObjectResolution)
		if err != nil {
			fmt.Println(err)
			continue
		}
		config := types.Config{Importer: all, Error: func(err error) { fmt.Println(err) }}
		config.Check("main", all.files, []*ast.File{file}, nil)
	}
}
