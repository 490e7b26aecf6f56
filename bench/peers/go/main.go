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
	client := connect()
	if os.Getenv("MECHANISM") != "none" {
		check(client.Auth(smtp.PlainAuth("", os.Getenv("USERNAME"), os.Getenv("PASSWORD"), "127.0.0.1")))
	}
	receipts := make([]int64, 0, number("COUNT"))
	for i := 0; i < number("COUNT"); i++ {
		send(client, number("RECIPIENTS"), message)
		receipts = append(receipts, time.Now().UnixNano())
	}
	check(client.Quit())
	for _, receipt := range receipts {
		fmt.Println(receipt)
	}
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}
