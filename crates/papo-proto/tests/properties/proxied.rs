//! What must hold for every input of the decoder of a proxy's header.

use std::net::{IpAddr, SocketAddr};

use papo_proto::limits::PROXY_HEADER_MAX_BYTES;
use papo_proto::proxy::{Header, decode, encode};

/// However the bytes arrive, one answer comes, at one place, and never after the bound.
pub(crate) fn headers_split_anywhere(data: &[u8]) {
    let whole = decode(data);
    if data.len() >= PROXY_HEADER_MAX_BYTES {
        assert_ne!(whole, Ok(None), "it waits for ever");
    }
    if let Ok(Some((_, length))) = whole {
        assert!((1..=PROXY_HEADER_MAX_BYTES).contains(&length) && length <= data.len());
    }
    let mut answered = false;
    for seen in 0..=data.len() {
        match decode(&data[..seen]) {
            Ok(None) => assert!(!answered, "it forgot its answer at {seen}"),
            answer => {
                answered = true;
                // A mistake may be seen before the end; what is well formed is not said too early.
                assert_eq!(answer, whole, "after {seen} bytes");
                if let Ok(Some((_, length))) = answer {
                    assert!(length <= seen);
                }
            }
        }
    }
}

/// Any two ends survive a header.
pub(crate) fn headers_come_back(data: &[u8]) {
    let Some((ends, behind)) = data.split_first_chunk::<37>() else { return };
    let address = |bytes: &[u8]| -> SocketAddr {
        let eight: [u8; 16] = bytes[..16].try_into().expect("sixteen");
        let ip = if ends[36] & 1 == 0 {
            IpAddr::from(eight)
        } else {
            IpAddr::from([eight[0], eight[1], eight[2], eight[3]])
        };
        SocketAddr::new(ip, u16::from_be_bytes([bytes[16], bytes[17]]))
    };
    let (client, server) = (address(&ends[..18]), address(&ends[18..36]));
    let secure = ends[36] & 2 != 0;
    let mut bytes = encode(client, server, secure);
    let length = bytes.len();
    bytes.extend(behind);
    let Ok(Some((Header::Client { address, is_secure }, taken))) = decode(&bytes) else {
        panic!("{client} does not come back")
    };
    assert_eq!((address.ip().to_canonical(), address.port()), (client.ip().to_canonical(), client.port()));
    assert_eq!((is_secure, taken), (secure, length));
}
