//! The driver against a server that the test plays itself.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use papo_client::{ConnectError, Incoming, Lost, connect};

const WITHIN: Duration = Duration::from_secs(10);

fn run<T>(conversation: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(WITHIN, conversation).await.expect("in time") })
}

#[test]
fn lines_go_and_frames_come_until_the_server_closes() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut heard = [0; 12];
        stream.read_exact(&mut heard).expect("two frames");
        // One frame in two pieces, then another: the reader puts them together.
        stream.write_all(b"\0\0\0\x0d[#a] B").expect("open");
        stream.write_all(b"ob: um\n\0\0\0\x08[SYS] ok").expect("open");
        heard
    });
    run(async {
        let (mut reader, mut writer) = connect("127.0.0.1", port, None, WITHIN).await.expect("listening");
        writer.queue("oi").expect("short");
        writer.queue("ab").expect("short");
        assert_eq!(writer.unsent_bytes(), 12);
        writer.flush().await.expect("open");
        let mut seen = Vec::new();
        let end = loop {
            if let Err(end) = reader.read(&mut seen).await {
                break end;
            }
        };
        assert!(matches!(end, Lost::Closed), "{end}");
        let message = Incoming::Message { room: "a".into(), author: "Bob".into(), text: "um\n".into() };
        assert_eq!(seen, [message, Incoming::Notice("ok".into())]);
    });
    assert_eq!(&server.join().expect("no panic"), b"\0\0\0\x02oi\0\0\0\x02ab");
}

#[test]
fn a_port_without_a_server_is_refused() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    run(async {
        let refused = connect("127.0.0.1", free, None, WITHIN).await.expect_err("nobody listens");
        assert!(matches!(refused, ConnectError::Refused { address } if address.port() == free), "{refused}");
        let unknown = connect("no such host", 1, None, WITHIN).await.expect_err("spaces are in no name");
        assert!(matches!(unknown, ConnectError::UnknownHost { .. }), "{unknown}");
    });
}

#[test]
fn a_server_of_another_kind_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.write_all(b"SSH-2.0-x\r\n").expect("open");
    });
    run(async {
        let (mut reader, _writer) = connect("127.0.0.1", port, None, WITHIN).await.expect("listening");
        assert!(matches!(reader.read(&mut Vec::new()).await, Err(Lost::Foreign(_))));
    });
    server.join().expect("no panic");
}
