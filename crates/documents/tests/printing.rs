//! What is refused, what is kept on the first page, and that the same input gives the same bytes.

use std::sync::Arc;

use kernel::Cents;
use memberpay_documents::{DocumentError, Invoice, Renderer};

#[path = "samples/mod.rs"]
mod samples;

#[test]
fn an_invoice_that_a_machine_or_a_member_could_not_use_is_refused() {
    let renderer = Renderer::new().unwrap();
    let good = samples::english;
    let refused = |invoice: Invoice| renderer.invoice(&invoice).unwrap_err();
    assert_eq!(
        refused(Invoice {
            total_due: Cents::new(23_645),
            ..good()
        }),
        DocumentError::DoesNotAdd {
            found: Cents::new(23_645),
            expected: Cents::new(23_646)
        }
    );
    for (scan_line, length) in [("", 0), ("12 34", 5), ("12A4", 4), (&*"1".repeat(76), 76)] {
        let invoice = Invoice {
            scan_line: scan_line.to_owned(),
            ..good()
        };
        assert_eq!(refused(invoice), DocumentError::ScanLine { length });
    }
    for pay_url in [
        "https://pay.example/?member=30412345678",
        "https://pay.example/3041-234-5678",
    ] {
        let invoice = Invoice {
            pay_url: pay_url.to_owned(),
            ..good()
        };
        assert_eq!(refused(invoice), DocumentError::MemberIdInAddress);
    }
    let invoice = Invoice {
        pay_url: "x".repeat(4000),
        ..good()
    };
    assert_eq!(
        refused(invoice),
        DocumentError::AddressTooLong { length: 4000 }
    );
    let invoice = Invoice {
        mailing_address: vec!["line".to_owned(); 6],
        ..good()
    };
    assert!(matches!(
        refused(invoice),
        DocumentError::AddressLines {
            found: 6,
            most: 5,
            ..
        }
    ));
    let invoice = Invoice {
        remit_to: vec!["line".to_owned(); 5],
        ..good()
    };
    assert!(matches!(
        refused(invoice),
        DocumentError::AddressLines {
            found: 5,
            most: 4,
            ..
        }
    ));
    assert_eq!(renderer.invoices(&[]).unwrap_err(), DocumentError::Nothing);
}

#[test]
fn an_ordinary_invoice_is_one_page_and_the_coupon_of_a_long_one_stays_on_its_first() {
    let renderer = Renderer::new().unwrap();
    assert_eq!(renderer.invoice(&samples::english()).unwrap().pages, 1);
    assert!(renderer.invoice(&samples::long()).unwrap().pages > 2);
    let invoices: Vec<Invoice> = samples::invoices().into_iter().map(|(_, i)| i).collect();
    let batch = renderer.invoices(&invoices).unwrap();
    let mut expected = Vec::new();
    let mut next = 1;
    for invoice in &invoices {
        expected.push(next);
        next += renderer.invoice(invoice).unwrap().pages;
    }
    assert_eq!(batch.first_pages, expected);
    assert_eq!(batch.pdf.pages, next - 1);
}

#[test]
fn the_same_invoice_gives_the_same_bytes_on_every_thread() {
    let renderer = Arc::new(Renderer::new().unwrap());
    let first = renderer.invoice(&samples::spanish()).unwrap().bytes;
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let renderer = Arc::clone(&renderer);
            std::thread::spawn(move || renderer.invoice(&samples::spanish()).unwrap().bytes)
        })
        .collect();
    for thread in threads {
        assert!(thread.join().unwrap() == first, "the bytes differ");
    }
}

#[test]
fn a_name_the_font_cannot_draw_is_printed_with_squares_and_reported() {
    let renderer = Renderer::new().unwrap();
    let drawable = Invoice {
        member_name: "Łukasz Đặng-Ñúñez Ψαρράς Фёдорова".to_owned(),
        ..samples::english()
    };
    assert_eq!(
        renderer.invoice(&drawable).unwrap().undrawable,
        Vec::<char>::new()
    );
    let invisible = Invoice {
        member_name: "Ana\u{200b} \u{202e}María\u{feff}\u{a0}Ruiz".to_owned(),
        ..samples::english()
    };
    assert_eq!(
        renderer.invoice(&invisible).unwrap().undrawable,
        Vec::<char>::new()
    );
    let not = Invoice {
        member_name: "王小明 Wang\tMing".to_owned(),
        ..samples::english()
    };
    assert_eq!(
        renderer.invoice(&not).unwrap().undrawable,
        ['王', '小', '明']
    );
}

#[test]
fn words_that_look_like_markup_or_json_are_only_words() {
    let renderer = Renderer::new().unwrap();
    let invoice = Invoice {
        member_name: "#panic(\"x\") *bold* $x$ \\ \"quoted\" </script> {{x}}".to_owned(),
        ..samples::english()
    };
    assert_eq!(
        renderer.invoice(&invoice).unwrap().undrawable,
        Vec::<char>::new()
    );
}
