// Answers the questions of `./run bench decide` by Open Policy Agent, in this process.
//
//	opa INPUT check VERDICTS    writes `a` or `d` for each question
//	opa INPUT time MILLISECONDS prints what a decision takes in nanoseconds (in a row: the middle
//	                            of rows of 10; alone: the middle and 99 %), denied, asked
//
// What OPA is fastest with: a prepared query; restrictions as data under one key each (a
// subscription's service in a region), kept by the store in the form that the evaluator reads, so
// that nothing is converted and nothing is walked through; inputs parsed beforehand; one
// transaction for all.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

const policy = `package proviso

default deny := false

deny if {
	restriction := data.restricted[input.cell]
	restriction.denied[input.operation]
	input.at >= restriction.from
	input.at < restriction.until
}
`

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "opa:", err)
		os.Exit(1)
	}
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return value
}

type world struct {
	query  rego.PreparedEvalQuery
	inputs []ast.Value
	in     context.Context
	read   storage.Transaction
}

func load(path string) *world {
	file, err := os.Open(path)
	must(err)
	defer file.Close()
	restricted := map[string]any{}
	w := &world{in: context.Background()}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		parts := strings.Split(lines.Text(), "\t")
		if parts[0] == "R" {
			denied := map[string]any{}
			for _, operation := range strings.Split(parts[7], ",") {
				denied[operation] = true
			}
			restricted[strings.Join(parts[2:5], "|")] = map[string]any{
				"from": number(parts[5]), "until": number(parts[6]), "denied": denied,
			}
			continue
		}
		input, err := ast.InterfaceToValue(map[string]any{
			"cell": strings.Join(parts[1:4], "|"), "operation": parts[4], "at": number(parts[5]),
		})
		must(err)
		w.inputs = append(w.inputs, input)
	}
	must(lines.Err())
	store := inmem.NewFromObjectWithOpts(
		map[string]any{"restricted": restricted}, inmem.OptReturnASTValuesOnRead(true))
	w.query, err = rego.New(rego.Query("data.proviso.deny"), rego.Module("proviso.rego", policy),
		rego.Store(store)).PrepareForEval(w.in)
	must(err)
	w.read, err = store.NewTransaction(w.in)
	must(err)
	return w
}

func (w *world) denies(input ast.Value) bool {
	results, err := w.query.Eval(w.in, rego.EvalParsedInput(input), rego.EvalTransaction(w.read))
	must(err)
	denied, ok := results[0].Expressions[0].Value.(bool)
	if !ok {
		must(fmt.Errorf("expected a verdict, found %v", results))
	}
	return denied
}

func check(w *world, path string) {
	verdicts := make([]byte, 0, len(w.inputs))
	for _, input := range w.inputs {
		if w.denies(input) {
			verdicts = append(verdicts, 'd')
		} else {
			verdicts = append(verdicts, 'a')
		}
	}
	must(os.WriteFile(path, verdicts, 0o644))
}

const callsInARow = 10 // short, so that others at work seldom come between

func middle(sorted []int64, part float64) int64 { return sorted[int(part*float64(len(sorted)-1))] }

func measure(w *world, limit time.Duration) {
	var single, rows []int64
	denied, asked := 0, 0
	for start := time.Now(); time.Since(start) < limit/2; {
		begin := time.Now()
		w.denies(w.inputs[len(single)%len(w.inputs)])
		single = append(single, time.Since(begin).Nanoseconds())
	}
	for start := time.Now(); time.Since(start) < limit || asked%len(w.inputs) != 0; {
		begin := time.Now()
		for range callsInARow {
			if w.denies(w.inputs[asked%len(w.inputs)]) {
				denied++
			}
			asked++
		}
		rows = append(rows, time.Since(begin).Nanoseconds())
	}
	slices.Sort(single)
	slices.Sort(rows)
	fmt.Printf("%.1f %d %d %d %d\n", float64(middle(rows, 0.5))/callsInARow,
		middle(single, 0.5), middle(single, 0.99), denied, asked)
}

func main() {
	if len(os.Args) != 4 {
		must(fmt.Errorf("usage: opa INPUT check VERDICTS | opa INPUT time MILLISECONDS"))
	}
	w := load(os.Args[1])
	if os.Args[2] == "check" {
		check(w, os.Args[3])
		return
	}
	measure(w, time.Duration(number(os.Args[3]))*time.Millisecond)
}
