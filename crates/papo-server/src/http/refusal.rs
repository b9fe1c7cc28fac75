//! Why a request does not get what it asks for, told in sentences that say what to do.

use std::fmt::Write as _;

use hyper::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, SEC_WEBSOCKET_VERSION, UPGRADE};
use hyper::{Response, StatusCode};

use super::answer::Body;
use super::{handshake, security};

/// Why a request does not get what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    BadHost,
    StrangeHost,
    StrangeOrigin,
    Method,
    NotFound,
    Body,
    OnlyWebSocket,
    NoUpgradeInConnection,
    Version,
    BadKey,
    Busy,
}

impl Refusal {
    /// The status, and what to do about it in Portuguese and English: who reads it has no session
    /// yet, and so no language.
    fn verdict(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Refusal::BadHost => (
                StatusCode::BAD_REQUEST,
                "O cabeçalho Host falta ou está malformado; envie um só, como Host: 127.0.0.1:8765.",
                "The Host header is missing or malformed; send exactly one, such as Host: 127.0.0.1:8765.",
            ),
            Refusal::StrangeHost => (
                StatusCode::MISDIRECTED_REQUEST,
                "Este servidor atende só neste computador: abra-o por localhost, 127.0.0.1 ou [::1]. \
                 Para a rede local, inicie-o com papo serve --lan.",
                "This server answers on this computer only: open it as localhost, 127.0.0.1 or [::1]. \
                 For the local network, start it with papo serve --lan.",
            ),
            Refusal::StrangeOrigin => (
                StatusCode::FORBIDDEN,
                "Esta página vem de outro endereço. Abra a página deste servidor, ou peça a quem o opera \
                 que permita a origem dela.",
                "That page comes from another address. Open this server's own page, or ask its operator to \
                 allow the page's origin.",
            ),
            Refusal::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "Aqui só valem GET e HEAD; o WebSocket abre-se com GET.",
                "Only GET and HEAD are taken here; a WebSocket is opened with GET.",
            ),
            Refusal::NotFound => (
                StatusCode::NOT_FOUND,
                "Não há nada neste caminho. A página está em / e o WebSocket em /ws.",
                "There is nothing at this path. The page is at / and the WebSocket at /ws.",
            ),
            Refusal::Body => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Os pedidos aqui não levam corpo; envie este sem ele.",
                "Requests here carry no body; send this one without it.",
            ),
            Refusal::OnlyWebSocket => (
                StatusCode::UPGRADE_REQUIRED,
                "Este endereço fala WebSocket: conecte a ele um cliente de WebSocket, como a página do Papo.",
                "This address speaks WebSocket: connect a WebSocket client to it, such as Papo's page.",
            ),
            Refusal::NoUpgradeInConnection => (
                StatusCode::BAD_REQUEST,
                "Falta Connection: Upgrade. Há um proxy no caminho? Configure-o para passar WebSocket.",
                "Connection: Upgrade is missing. Is there a proxy in between? Set it to pass WebSocket on.",
            ),
            Refusal::Version => (
                StatusCode::UPGRADE_REQUIRED,
                "Só a versão 13 do WebSocket é atendida; atualize o cliente.",
                "Only version 13 of WebSocket is spoken here; update the client.",
            ),
            Refusal::BadKey => (
                StatusCode::BAD_REQUEST,
                "Sec-WebSocket-Key deve aparecer uma vez e conter 16 bytes em Base64.",
                "Sec-WebSocket-Key must be there once and hold 16 bytes in Base64.",
            ),
            Refusal::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "O servidor está cheio ou encerrando. Tente de novo daqui a pouco.",
                "The server is full or shutting down. Try again in a moment.",
            ),
        }
    }

    /// The sentences of the refusal, a line each.
    fn text(self) -> String {
        let (_, pt_br, en) = self.verdict();
        format!("{pt_br}\n{en}\n")
    }

    pub(super) fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.text()));
        *response.status_mut() = self.verdict().0;
        let headers = response.headers_mut();
        security::add(headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        match self {
            Refusal::Method => drop(headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"))),
            Refusal::OnlyWebSocket | Refusal::Version => {
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(handshake::VERSION));
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
            }
            // Its body is not read, so the connection cannot go on.
            Refusal::Body => drop(headers.insert(CONNECTION, HeaderValue::from_static("close"))),
            _ => {}
        }
        response
    }

    /// The refusal as bytes, for a connection that no HTTP machine serves.
    pub(super) fn bytes(self) -> Vec<u8> {
        let (status, text) = (self.verdict().0, self.text());
        let mut out = format!("HTTP/1.1 {status}\r\nconnection: close\r\nretry-after: 5\r\n");
        for (name, value) in security::EVERYWHERE {
            let _ = write!(out, "{name}: {value}\r\n");
        }
        let _ = write!(out, "content-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\r\n{text}", text.len());
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_by_hand_is_whole() {
        let bytes = Refusal::Busy.bytes();
        let text = String::from_utf8(bytes).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
        assert!(head.contains(&format!("content-length: {}", body.len())));
        assert!(head.contains("server: papo") && head.contains("content-security-policy: default-src 'none';"));
    }
}
