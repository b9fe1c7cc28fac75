//! How many messages a sender may have outstanding, and which of them everybody has.

/// The outstanding messages of one sender, numbered from 0.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// How often each outstanding message has been delivered, at its number modulo the length.
    delivered: Box<[u32]>,
    size: u32,
    /// Members that must have a message before it is done.
    readers: u32,
    sent: u32,
    done: u32,
}

impl Window {
    /// A window of `size` messages to `readers` members.
    pub(crate) fn new(size: usize, readers: usize) -> Self {
        Self {
            delivered: vec![0; size.next_power_of_two()].into(),
            size: size as u32,
            readers: readers as u32,
            sent: 0,
            done: 0,
        }
    }

    /// How many messages may be sent now.
    #[inline]
    pub(crate) fn room(&self) -> u32 {
        self.size - self.sent.wrapping_sub(self.done)
    }

    /// The number of the next message, which is outstanding from now on.
    pub(crate) fn send(&mut self) -> u32 {
        self.sent = self.sent.wrapping_add(1);
        self.sent.wrapping_sub(1)
    }

    /// Another member has a message. Says whether it was the last one, so that there is room again.
    ///
    /// Each member counts a message once and in order, so a message is done before the next one is.
    #[inline]
    pub(crate) fn delivered(&mut self, number: u32) -> bool {
        let mask = self.delivered.len() - 1;
        let slot = &mut self.delivered[number as usize & mask];
        *slot += 1;
        if *slot < self.readers {
            return false;
        }
        *slot = 0;
        self.done = self.done.wrapping_add(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_done_when_its_last_reader_has_it() {
        let mut window = Window::new(3, 2);
        assert_eq!([window.send(), window.send(), window.send()], [0, 1, 2]);
        assert_eq!(window.room(), 0);
        let one_reader: Vec<bool> = (0..3).map(|number| window.delivered(number)).collect();
        assert_eq!((one_reader, window.room()), (vec![false; 3], 0));
        assert!(window.delivered(0));
        assert_eq!(window.room(), 1);
        assert_eq!(window.send(), 3);
        assert!(!window.delivered(3), "the place of message 0 is free again in the ring");
        assert_eq!(window.room(), 0);
    }

    #[test]
    fn a_long_run_keeps_the_window_full() {
        let mut window = Window::new(64, 1);
        for _ in 0..64 {
            window.send();
        }
        for number in 0..10_000 {
            assert!(window.delivered(number));
            assert_eq!((window.room(), window.send()), (1, number + 64));
        }
    }
}
