;; A component that sends through the interface `smtp-async` and cancels its call. The world is in cancellation.rs.
(module
  (import "envoi:mail/smtp-async@0.1.0" "[constructor]mailer"
    (func $mailer (param $host i32) (param $length i32) (result i32)))
  (import "envoi:mail/smtp-async@0.1.0" "[method]mailer.set-port"
    (func $set-port (param $mailer i32) (param $some i32) (param $port i32)))
  (import "envoi:mail/smtp-async@0.1.0" "[method]mailer.set-security"
    (func $set-security (param $mailer i32) (param $security i32)))
  (import "envoi:mail/smtp-async@0.1.0" "[async-lower][method]mailer.send"
    (func $send (param $arguments i32) (param $result i32) (result i32)))
  (import "$root" "[subtask-cancel]" (func $cancel (param i32) (result i32)))
  (import "$root" "[subtask-drop]" (func $drop (param i32)))
  (import "$root" "[waitable-set-new]" (func $set-new (result i32)))
  (import "$root" "[waitable-join]" (func $join (param $waitable i32) (param $set i32)))
  (import "[export]$root" "[task-return]begin" (func $begun))
  (import "[export]$root" "[task-return]cancel" (func $cancelled (param i32)))
  (import "[export]$root" "[task-return]deliver" (func $delivered (param i32)))

  (memory (export "memory") 16)
  (global $call (mut i32) (i32.const 0))
  (global $free (mut i32) (i32.const 4096))

  ;; The arguments of `send`: the mailer, an envelope, a message, no options.
  (data (i32.const 4) "\01\00\00\00" "\64\00\00\00" "\0b\00\00\00") ;; sender
  (data (i32.const 16) "\70\00\00\00" "\01\00\00\00")               ;; recipients
  (data (i32.const 24) "\90\00\00\00" "\19\00\00\00")               ;; message
  (data (i32.const 100) "a@mail.test")
  (data (i32.const 112) "\78\00\00\00" "\0b\00\00\00")              ;; the only recipient
  (data (i32.const 120) "b@mail.test")
  (data (i32.const 132) "127.0.0.1")
  (data (i32.const 144) "Subject: hello\r\n\r\nHello\r\n")

  (func (export "open") (param $port i32)
    (local $mailer i32)
    (local.set $mailer (call $mailer (i32.const 132) (i32.const 9)))
    (i32.store (i32.const 0) (local.get $mailer))
    (call $set-port (local.get $mailer) (i32.const 1) (local.get $port))
    ;; Plaintext.
    (call $set-security (local.get $mailer) (i32.const 3)))

  ;; Starts a call that does not return at once. The upper bits of a status are the call.
  (func $start
    (local $status i32)
    (local.set $status (call $send (i32.const 0) (i32.const 1024)))
    (if (i32.ne (i32.and (local.get $status) (i32.const 15)) (i32.const 1)) (then unreachable))
    (global.set $call (i32.shr_u (local.get $status) (i32.const 4))))

  (func (export "[async-lift]begin") (result i32)
    (call $start)
    (call $begun)
    (i32.const 0))
  (func (export "[callback][async-lift]begin") (param i32 i32 i32) (result i32)
    unreachable)

  ;; Returns the call's last status.
  (func (export "[async-lift]cancel") (result i32)
    (local $status i32)
    (local.set $status (call $cancel (global.get $call)))
    (call $drop (global.get $call))
    (call $cancelled (local.get $status))
    (i32.const 0))
  (func (export "[callback][async-lift]cancel") (param i32 i32 i32) (result i32)
    unreachable)

  ;; Returns 0 if the message is delivered, otherwise 1.
  (func (export "[async-lift]deliver") (result i32)
    (local $set i32)
    (call $start)
    (local.set $set (call $set-new))
    (call $join (global.get $call) (local.get $set))
    (i32.or (i32.const 2) (i32.shl (local.get $set) (i32.const 4))))
  (func (export "[callback][async-lift]deliver") (param $event i32) (param $call i32) (param $status i32) (result i32)
    (if (i32.ne (local.get $status) (i32.const 2)) (then unreachable))
    (call $drop (local.get $call))
    (call $delivered (i32.load8_u (i32.const 1024)))
    (i32.const 0))

  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at)))
