//! As much of Rust's grammar as tidy needs: what is code, what is comment or text, where a function
//! ends, and which lines only tests use.

/// Rust source with the contents of comments and literals blanked out, byte for byte: the same
/// lines and columns as before.
pub fn code_of(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => comment_end(bytes, at),
            b'"' => quote_end(bytes, at + 1),
            b'r' if !is_word(bytes, at) => raw_end(bytes, at).unwrap_or(at),
            b'\'' => char_end(bytes, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            at += 1;
            continue;
        }
        for byte in &mut code[at..end.min(bytes.len())] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(code).unwrap_or_default()
}

/// True if the byte at `at` goes on a word begun before it.
fn is_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .position(|b| *b == b'\n')
        .map_or(bytes.len(), |n| at + n)
}

fn comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < bytes.len() {
        match &bytes[at..(at + 2).min(bytes.len())] {
            b"/*" => (at, depth) = (at + 2, depth + 1),
            b"*/" => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The end of a literal in double quotes whose inside begins at `at`.
fn quote_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of `r"…"` or `r#"…"#`, if one begins at `at`.
fn raw_end(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
    let inside = at + 1 + hashes;
    if bytes.get(inside) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.extend(std::iter::repeat_n(b'#', hashes));
    let length = bytes[inside + 1..]
        .windows(close.len())
        .position(|w| w == close)?;
    Some(inside + 1 + length + close.len())
}

/// The end of a character in single quotes, if it is one and not a lifetime.
fn char_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at + 1) == Some(&b'\\') {
        let length = bytes[at + 3..].iter().position(|b| *b == b'\'')?;
        return Some(at + 3 + length + 1);
    }
    let close = (at + 2..=at + 5).find(|n| bytes.get(*n) == Some(&b'\''))?;
    let inside = std::str::from_utf8(bytes.get(at + 1..close)?).ok()?;
    (inside.chars().count() == 1).then_some(close + 1)
}

/// A function: its name and its first and last line, counted from one.
#[derive(Debug, PartialEq, Eq)]
pub struct Function<'c> {
    pub name: &'c str,
    pub first: usize,
    pub last: usize,
}

/// The functions with a body in blanked-out code.
pub fn functions(code: &str) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if is_word(code.as_bytes(), at) {
            continue;
        }
        let rest = &code[at + 3..];
        let name = rest
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()
            .unwrap_or("");
        if name.is_empty() {
            continue;
        }
        let Some(open) = body(code, at) else { continue };
        let Some(close) = block_end(code, open) else {
            continue;
        };
        found.push(Function {
            name,
            first: line_of(code, at),
            last: line_of(code, close),
        });
    }
    found
}

/// Where the body of the item at `at` begins; `None` if it ends in a semicolon.
fn body(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0;
    for (n, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(n),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn block_end(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (n, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(n);
        }
    }
    None
}

/// The line, counted from one, that the byte at `at` is on.
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at]
        .iter()
        .filter(|b| **b == b'\n')
        .count()
        + 1
}

/// Blanks out the items marked `#[cfg(test)]` as well.
pub fn without_tests(code: &str) -> String {
    let mut kept = code.as_bytes().to_vec();
    for (at, _) in code.match_indices("#[cfg(test)]") {
        let end = match body(code, at + "#[cfg(test)]".len()) {
            Some(open) => block_end(code, open).unwrap_or(code.len() - 1),
            None => code[at..].find(';').map_or(at, |n| at + n),
        };
        for byte in &mut kept[at..=end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_not_code() {
        for (text, expected) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"let x = "a\"b"; y"#, "let x =       ; y"),
            ("r#\"a\"b\"# z", "         z"),
            ("'a' 'static x", "    'static x"),
            (r"'\'' x", "     x"),
            ("for_each", "for_each"),
            ("b'\"' x", "b    x"),
        ] {
            assert_eq!(code_of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_function_runs_to_its_own_brace() {
        let code = code_of(
            "trait T { fn a(); }\nfn b<F: Fn(u8)>(x: [u8; 2]) {\n  if x { \"}\" }\n}\nfn c() {}",
        );
        let found = functions(&code);
        assert_eq!(
            found,
            [
                Function {
                    name: "b",
                    first: 2,
                    last: 4
                },
                Function {
                    name: "c",
                    first: 5,
                    last: 5
                },
            ]
        );
    }

    #[test]
    fn items_for_tests_are_left_out() {
        let kept = without_tests("a();\n#[cfg(test)]\nmod t { fn b() {} }\nc();");
        assert!(kept.contains("a();") && kept.contains("c();") && !kept.contains('b'));
        assert_eq!(kept.lines().count(), 4);
        assert!(without_tests("#[cfg(test)]\nmod t;\nc();").contains("c();"));
    }
}
