// Appends to a Tessera log on POSIX files and prints what it reached, for `./run bench ledger`.
//
//	tessera FOLDER SECONDS WRITERS BATCH AGE_MS ENTRY_BYTES integrated|published
//
// Each writer waits for its entry before it adds the next: until it is durable and integrated, or
// until a published checkpoint covers it too. No antispam, no garbage collection, no witnesses.
// Prints appends per second.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "tessera:", err)
		os.Exit(1)
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	must(err)
	return value
}

// Entries differ, so that nothing can be saved on equal ones.
func entry(writer, count, size int) []byte {
	bytes := make([]byte, size)
	copy(bytes, fmt.Sprintf("writer %d entry %d ", writer, count))
	return bytes
}

// Checkpoints come as often as the driver allows, and awaiters look for them as often.
const publishEvery = 100 * time.Millisecond
const lookEvery = 5 * time.Millisecond

type log struct {
	appender *tessera.Appender
	awaiter  *tessera.PublicationAwaiter // nil when nobody waits for checkpoints
	shutdown func(context.Context) error
}

func open(ctx context.Context, folder string, batch, age int, published bool) log {
	secret, _, err := note.GenerateKey(rand.Reader, "log.example.org/bench")
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Clean(folder)})
	must(err)
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(uint(batch), time.Duration(age)*time.Millisecond).
		WithGarbageCollectionInterval(0)
	if published {
		options = options.WithCheckpointInterval(publishEvery)
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	must(err)
	opened := log{appender: appender, shutdown: shutdown}
	if published {
		opened.awaiter = tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, lookEvery)
	}
	return opened
}

func (l log) add(ctx context.Context, bytes []byte) {
	future := l.appender.Add(ctx, tessera.NewEntry(bytes))
	var err error
	if l.awaiter != nil {
		_, _, err = l.awaiter.Await(ctx, future)
	} else {
		_, err = future()
	}
	must(err)
}

func main() {
	if len(os.Args) != 8 {
		fmt.Fprintln(os.Stderr,
			"usage: tessera FOLDER SECONDS WRITERS BATCH AGE_MS ENTRY_BYTES integrated|published")
		os.Exit(2)
	}
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	must(err)
	writers, size := number(os.Args[3]), number(os.Args[6])
	ctx := context.Background()
	log := open(ctx, os.Args[1], number(os.Args[4]), number(os.Args[5]), os.Args[7] == "published")

	counts := make([]int, writers)
	start := time.Now()
	deadline := start.Add(time.Duration(seconds * float64(time.Second)))
	var group sync.WaitGroup
	for writer := range writers {
		group.Add(1)
		go func() {
			defer group.Done()
			for time.Now().Before(deadline) {
				log.add(ctx, entry(writer, counts[writer], size))
				counts[writer]++
			}
		}()
	}
	group.Wait()
	took := time.Since(start).Seconds()
	must(log.shutdown(ctx))
	total := 0
	for _, count := range counts {
		total += count
	}
	fmt.Printf("%.1f\n", float64(total)/took)
}
