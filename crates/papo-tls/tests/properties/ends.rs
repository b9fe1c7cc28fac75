//! The two ends of a line: a server with a certificate, and a client of which the test has the keys.

use std::sync::Arc;

use papo_tls::{ALPN_HTTP, ALPN_PAPO, SecureLine, provider};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::client::UnbufferedClientConnection;
use rustls::crypto::aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256;
use rustls::crypto::cipher::MessageEncrypter;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::unbuffered::{ConnectionState, EncodeError};
use rustls::{ClientConfig, ConnectionTrafficSecrets, RootCertStore, ServerConfig, SupportedProtocolVersion, version};

/// A server of these versions, and what it shows.
pub(crate) fn server(versions: &[&'static SupportedProtocolVersion]) -> (Arc<ServerConfig>, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(versions).expect("suites");
    let mut config = builder.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).expect("they match");
    config.alpn_protocols = vec![ALPN_HTTP.to_vec(), ALPN_PAPO.to_vec()];
    (config.into(), cert.der().clone())
}

/// A client of which the test has the keys: it can say in TLS 1.3 what no library says.
pub(crate) fn rogue(server: &mut SecureLine, certificate: &CertificateDer<'static>) -> Box<dyn MessageEncrypter> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("a certificate");
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&version::TLS13]);
    let mut config = builder.expect("suites").with_root_certificates(roots).with_no_client_auth();
    config.enable_secret_extraction = true;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut client = UnbufferedClientConnection::new(Arc::new(config), name).expect("a client");
    let (mut incoming, mut outgoing) = (Vec::new(), Vec::new());
    loop {
        let status = client.process_tls_records(&mut incoming);
        let discard = status.discard;
        match status.state.expect("they agree") {
            ConnectionState::EncodeTlsData(mut data) => {
                let Err(EncodeError::InsufficientSize(need)) = data.encode(&mut []) else { panic!("it needs room") };
                let begin = outgoing.len();
                outgoing.resize(begin + need.required_size, 0);
                data.encode(&mut outgoing[begin..]).expect("room");
            }
            ConnectionState::TransmitTlsData(data) => {
                data.done();
                let mut input = [vec![0; server.held()], std::mem::take(&mut outgoing)].concat();
                server.open(&mut input, &mut Vec::new()).expect("they agree");
            }
            ConnectionState::BlockedHandshake => {
                incoming.drain(..discard);
                incoming.extend_from_slice(server.unsent());
                server.was_sent(server.unsent().len());
                continue;
            }
            ConnectionState::WriteTraffic(_) => break,
            other => panic!("{other:?}"),
        }
        incoming.drain(..discard);
    }
    let (secrets, _) = client.dangerous_into_kernel_connection().expect("it is allowed");
    let (_, ConnectionTrafficSecrets::Aes128Gcm { key, iv }) = secrets.tx else { panic!("the first suite") };
    TLS13_AES_128_GCM_SHA256.tls13().expect("1.3").aead_alg.encrypter(key, iv)
}
