// Go's net/smtp. Reads the task from its environment; prints when each receipt came.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/smtp"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(name string) int {
	value, err := strconv.Atoi(os.Getenv(name))
	check(err)
	return value
}

func connect() *smtp.Client {
	root, err := os.ReadFile(os.Getenv("ROOT"))
	check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(root)
	config := &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
	address := "127.0.0.1:" + os.Getenv("PORT")
	if os.Getenv("SECURITY") == "tls" {
		connection, err := tls.Dial("tcp", address, config)
		check(err)
		client, err := smtp.NewClient(connection, "127.0.0.1")
		check(err)
		return client
	}
	client, err := smtp.Dial(address)
	check(err)
	if os.Getenv("SECURITY") == "starttls" {
		check(client.StartTLS(config))
	}
	return client
}

func send(client *smtp.Client, recipients int, message []byte) {
	check(client.Mail("sender@example.test"))
	for i := 0; i < recipients; i++ {
		check(client.Rcpt(fmt.Sprintf("r%d@example.test", i)))
	}
	data, err := client.Data()
	check(err)
	_, err = data.Write(message)
	check(err)
	check(data.Close())
}

func main() {
	size := number("SIZE")
	line := strings.Repeat("x", 76) + "\r\n"
	body := strings.Repeat(line, size/78+1)[:max(size-20, 0)]
	message := []byte("Subject: bench\r\n\r\n" + body + "\r\n")
	receipts := make([]int64, number("COUNT"))
	var next atomic.Int64
	var connections sync.WaitGroup
	for i := 0; i < number("CONNECTIONS"); i++ {
		connections.Go(func() { sendSome(message, receipts, &next) })
	}
	connections.Wait()
	for _, receipt := range receipts {
		fmt.Println(receipt)
	}
	printUse()
}

// Sends messages over one connection until all have been taken.
func sendSome(message []byte, receipts []int64, next *atomic.Int64) {
	client := connect()
	if os.Getenv("MECHANISM") != "none" {
		check(client.Auth(smtp.PlainAuth("", os.Getenv("USERNAME"), os.Getenv("PASSWORD"), "127.0.0.1")))
	}
	recipients := number("RECIPIENTS")
	for {
		i := next.Add(1) - 1
		if i >= int64(len(receipts)) {
			break
		}
		send(client, recipients, message)
		receipts[i] = time.Now().UnixNano()
	}
	check(client.Quit())
}

// Prints the peak memory in octets, and the processor time in nanoseconds.
func printUse() {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	_, err = fmt.Sscan(rest, &kilobytes)
	check(err)
	var use syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &use))
	fmt.Println("peak", kilobytes*1024)
	fmt.Println("processor", use.Utime.Nano()+use.Stime.Nano())
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}
