//! What a terminal shows after the bytes that came: as much of one as line editing needs.

/// Rows without end, so nothing is ever scrolled away.
pub(crate) struct Screen {
    columns: usize,
    cells: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Bytes of a character or an escape sequence whose rest is yet to come.
    begun: Vec<u8>,
}

impl Screen {
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns, cells: vec![Vec::new()], row: 0, column: 0, begun: Vec::new() }
    }

    pub(crate) fn rows(&self) -> Vec<String> {
        let mut rows: Vec<String> =
            self.cells.iter().map(|row| row.iter().collect::<String>().trim_end().to_owned()).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.begun.push(byte);
            if self.begun[0] == 0x1b {
                self.escape();
            } else if let Ok(text) = std::str::from_utf8(&self.begun) {
                let c = text.chars().next().expect("one");
                self.begun.clear();
                self.print(c);
            }
        }
    }

    /// Obeys an escape sequence once it is whole: `ESC [ parameters letter`.
    fn escape(&mut self) {
        let Some((&last, [0x1b, b'[', parameters @ ..])) = self.begun.split_last() else { return };
        if !last.is_ascii_alphabetic() {
            return;
        }
        let parameters = String::from_utf8_lossy(parameters).into_owned();
        self.begun.clear();
        let number = parameters.parse().unwrap_or(1);
        match last {
            b'A' => self.row -= number,
            b'B' => self.go_down(number),
            b'C' => self.column += number,
            b'D' => self.column -= number,
            b'K' => self.cells[self.row].truncate(self.column),
            b'J' => {
                self.cells[self.row].truncate(self.column);
                self.cells.truncate(self.row + 1);
            }
            // Colours and modes are not shown.
            b'm' | b'h' | b'l' => {}
            other => panic!("no test knows ESC [ {parameters} {}", other as char),
        }
    }

    fn print(&mut self, c: char) {
        match c {
            '\r' => self.column = 0,
            '\n' => self.go_down(1),
            '\u{8}' => self.column = self.column.saturating_sub(1),
            c => {
                if self.column == self.columns {
                    self.column = 0;
                    self.go_down(1);
                }
                let row = &mut self.cells[self.row];
                row.resize(row.len().max(self.column + 1), ' ');
                row[self.column] = c;
                self.column += 1;
            }
        }
    }

    fn go_down(&mut self, rows: usize) {
        self.row += rows;
        self.cells.resize(self.cells.len().max(self.row + 1), Vec::new());
    }
}
