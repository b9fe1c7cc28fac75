//! A connection to a server: plain, or by a TLS that has no code with the server's in common but the
//! library.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
};

use crate::PATIENCE;

/// How a client does its handshake. It takes any certificate.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The protocols that it offers (ALPN).
    pub alpn: Vec<&'static str>,
    /// The versions that it speaks.
    pub versions: &'static [&'static SupportedProtocolVersion],
}

impl Default for Tls {
    fn default() -> Self {
        Self { alpn: Vec::new(), versions: rustls::ALL_VERSIONS }
    }
}

impl Tls {
    /// Offers one protocol.
    pub fn alpn(name: &'static str) -> Self {
        Self { alpn: vec![name], ..Self::default() }
    }

    /// A client's side that has said nothing yet.
    pub fn session(&self) -> ClientConnection {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone()).with_protocol_versions(self.versions);
        let verifier = Arc::new(Anyone(provider));
        let builder = builder.expect("versions").dangerous().with_custom_certificate_verifier(verifier);
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = self.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let name = ServerName::try_from("localhost").expect("a name");
        ClientConnection::new(Arc::new(config), name).expect("a client")
    }
}

/// A connection.
pub struct Link {
    way: Way,
    /// The server's end came without the farewell that TLS wants.
    pub was_torn: bool,
}

enum Way {
    Plain(TcpStream),
    Secure(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Link {
    /// A plain one.
    pub fn plain(socket: TcpStream) -> Self {
        socket.set_nodelay(true).expect("a socket");
        Self { way: Way::Plain(socket), was_torn: false }
    }

    /// Connects by TLS and goes through the handshake.
    pub fn secure(addr: SocketAddr, tls: &Tls) -> Self {
        Self::try_secure(TcpStream::connect(addr).expect("connects"), tls).expect("the handshake goes well")
    }

    /// Goes through the handshake on a connection that exists.
    ///
    /// # Errors
    /// The server's, or the library's, reason.
    pub fn try_secure(socket: TcpStream, tls: &Tls) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let mut stream = Box::new(StreamOwned::new(tls.session(), socket));
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self { way: Way::Secure(stream), was_torn: false })
    }

    /// The socket below.
    pub fn socket(&mut self) -> &mut TcpStream {
        match &mut self.way {
            Way::Plain(socket) => socket,
            Way::Secure(stream) => &mut stream.sock,
        }
    }

    /// What the handshake agreed on.
    pub fn session(&self) -> Option<&ClientConnection> {
        match &self.way {
            Way::Plain(_) => None,
            Way::Secure(stream) => Some(&stream.conn),
        }
    }

    /// Sends the farewell of TLS, and still reads.
    pub fn say_farewell(&mut self) {
        if let Way::Secure(stream) = &mut self.way {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    }
}

impl Read for Link {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.way {
            Way::Plain(socket) => socket.read(buffer),
            Way::Secure(stream) => stream.read(buffer),
        };
        match read {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                self.was_torn = true;
                Ok(0)
            }
            other => other,
        }
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.way {
            Way::Plain(socket) => socket.write(bytes),
            Way::Secure(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.way {
            Way::Plain(socket) => socket.flush(),
            Way::Secure(stream) => stream.flush(),
        }
    }
}

#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
