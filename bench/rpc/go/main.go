// The peer of the benchmark in Go, on amqp091-go: an echo by hand with the queue, the envelope and the acknowledgements
// of bare.candidate.ts. It is told in lines, and says in lines of JSON, what process.ts is told and says as messages.
//
//	peer serve URL | peer call|cast URL BYTES
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const exchange, queue = "bench_go", "bench_go"

type message map[string]any

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func newID() string {
	id := make([]byte, 16)
	must(rand.Read(id))
	return hex.EncodeToString(id)
}

func seal(inner message) []byte {
	text := must(json.Marshal(inner))
	return must(json.Marshal(message{"oslo.version": "2.0", "oslo.message": string(text)}))
}

func unseal(body []byte) message {
	var outer struct {
		Message string `json:"oslo.message"`
	}
	check(json.Unmarshal(body, &outer))
	var inner message
	check(json.Unmarshal([]byte(outer.Message), &inner))
	return inner
}

func publishing(body []byte, mode uint8) amqp.Publishing {
	return amqp.Publishing{ContentType: "application/json", ContentEncoding: "utf-8", Body: body, DeliveryMode: mode}
}

func cpu() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e3
}

func tell(value any) { fmt.Println(string(must(json.Marshal(value)))) }

func serve(channel *amqp.Channel) {
	check(channel.ExchangeDeclare(exchange, "topic", false, false, false, false, nil))
	must(channel.QueueDeclare(queue, true, false, false, false, nil))
	check(channel.QueueBind(queue, queue, exchange, false, nil))
	check(channel.Qos(256, 0, false))
	deliveries := must(channel.Consume(queue, "", false, false, false, false, nil))
	for lane := 0; lane < 4; lane++ {
		go func() {
			for delivery := range deliveries {
				check(delivery.Ack(false))
				request := unseal(delivery.Body)
				if request["_msg_id"] == nil {
					continue
				}
				reply := message{"result": request["args"], "failure": nil, "ending": true,
					"_msg_id": request["_msg_id"], "_unique_id": newID()}
				check(channel.PublishWithContext(context.Background(), "", request["_reply_q"].(string), true, false,
					publishing(seal(reply), amqp.Transient)))
			}
		}()
	}
	tell("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		tell(message{"cpu": cpu()})
	}
}

type client struct {
	channel *amqp.Channel
	replies string
	pending sync.Map
	fixed   message
}

func connect(connection *amqp.Connection, role string) *client {
	channel := must(connection.Channel())
	own := &client{channel: channel, fixed: message{"_context_user_id": strings.Repeat("u", 32),
		"_context_project_id": strings.Repeat("p", 32), "_context_request_id": "req-" + newID(),
		"_context_roles": []string{}, "_context_is_admin": false}}
	if role == "cast" {
		check(channel.Confirm(false))
		return own
	}
	own.replies = must(channel.QueueDeclare("bench_go_reply_"+newID(), false, false, false, false,
		amqp.Table{"x-expires": int32(60_000)})).Name
	deliveries := must(must(connection.Channel()).Consume(own.replies, "", false, false, false, false, nil))
	go func() {
		for delivery := range deliveries {
			check(delivery.Ack(false))
			reply := unseal(delivery.Body)
			if waiting, found := own.pending.LoadAndDelete(reply["_msg_id"]); found {
				waiting.(chan any) <- reply["result"]
			}
		}
	}()
	return own
}

func (own *client) request(method string, payload any) message {
	request := message{"method": method, "args": message{"payload": payload}, "version": "1.0", "_unique_id": newID()}
	for key, value := range own.fixed {
		request[key] = value
	}
	return request
}

func (own *client) call(payload any) {
	id, answered := newID(), make(chan any, 1)
	request := own.request("echo", payload)
	request["_msg_id"], request["_reply_q"], request["_timeout"] = id, own.replies, nil
	sent := publishing(seal(request), amqp.Transient)
	sent.Expiration = "60000"
	sent.Headers = amqp.Table{"deadline": fmt.Sprintf("60000@%d", time.Now().UnixMilli()+60_000)}
	own.pending.Store(id, answered)
	check(own.channel.PublishWithContext(context.Background(), exchange, queue, true, false, sent))
	select {
	case <-answered:
	case <-time.After(time.Minute):
		panic("timeout")
	}
}

func (own *client) cast(payload any) {
	body := seal(own.request("note", payload))
	confirmation := must(own.channel.PublishWithDeferredConfirmWithContext(context.Background(), exchange, queue, true,
		false, publishing(body, amqp.Persistent)))
	if !confirmation.Wait() {
		panic("not confirmed")
	}
}

func run(send func(any), payload any, lanes int, lasting time.Duration) []float64 {
	until := time.Now().Add(lasting)
	taken := make([][]float64, lanes)
	var all sync.WaitGroup
	for lane := range taken {
		all.Add(1)
		go func() {
			defer all.Done()
			for time.Now().Before(until) {
				begun := time.Now()
				send(payload)
				taken[lane] = append(taken[lane], float64(time.Since(begun).Microseconds())/1e3)
			}
		}()
	}
	all.Wait()
	var times []float64
	for _, some := range taken {
		times = append(times, some...)
	}
	sort.Float64s(times)
	return times
}

func main() {
	role := os.Args[1]
	connection := must(amqp.Dial(strings.Replace(os.Args[2], "rabbit:", "amqp:", 1)))
	if role == "serve" {
		serve(must(connection.Channel()))
		return
	}
	number := func(at int) int { return must(strconv.Atoi(os.Args[at])) }
	size := number(3)
	row := message{"id": "b6f3", "name": "star", "ra": 292.68, "dec": 27.96, "tags": []string{"a", "b"}, "on": true, "none": nil}
	rows := make([]message, max(1, (size+47)/95))
	for index := range rows {
		rows[index] = row
	}
	own := connect(connection, role)
	send := own.call
	if role == "cast" {
		send = own.cast
	}
	payload := message{"rows": rows}
	tell("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		order := strings.Fields(lines.Text())
		ms, inFlight := must(strconv.Atoi(order[1])), must(strconv.Atoi(order[2]))
		used, begun := cpu(), time.Now()
		times := run(send, payload, inFlight, time.Duration(ms)*time.Millisecond)
		seconds := time.Since(begun).Seconds()
		at := func(part float64) float64 { return times[min(len(times)-1, int(float64(len(times))*part))] }
		tell(message{"calls": len(times), "perSecond": float64(len(times)) / seconds, "p50": at(.5), "p99": at(.99), "cpu": cpu() - used})
	}
}
