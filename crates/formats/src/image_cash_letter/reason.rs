//! Why checks come back.

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal, $todo:literal;)*) => {
        /// The return reason of record 31 (X9.100-188).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReturnReason {
            $($(#[$doc])* $name,)*
            /// A code that is not in the table, such as a digit of administrative returns.
            Other(char),
        }

        impl ReturnReason {
            /// All reasons that have words of their own.
            pub const ALL: &'static [ReturnReason] = &[$(ReturnReason::$name,)*];

            /// The reason of a code.
            #[must_use]
            pub const fn of(code: char) -> Self {
                match code { $($code => ReturnReason::$name,)* other => ReturnReason::Other(other) }
            }

            /// Its code.
            #[must_use]
            pub const fn code(self) -> char {
                match self { $(ReturnReason::$name => $code,)* ReturnReason::Other(code) => code }
            }

            /// In plain words, for staff.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self {
                    $(ReturnReason::$name => $words,)*
                    ReturnReason::Other(_) => "another reason of the bank",
                }
            }

            /// What to do about it.
            #[must_use]
            pub const fn what_to_do(self) -> &'static str {
                match self {
                    $(ReturnReason::$name => $todo,)*
                    ReturnReason::Other(_) => "ask the bank what the code means",
                }
            }
        }
    };
}

reasons! {
    /// A.
    NotSufficientFunds = 'A', "not enough money in the account", "ask for another payment";
    /// B.
    Uncollected = 'B', "deposits to the account have not cleared", "ask for another payment";
    /// C.
    StopPayment = 'C', "the payer stopped it", "ask the payer; do not deposit it again";
    /// D.
    AccountClosed = 'D', "the account is closed", "ask for a payment from another account";
    /// E.
    UnableToLocate = 'E',
        "the bank cannot find the account",
        "compare the account number with the image";
    /// F.
    Frozen = 'F', "the account is frozen", "ask for a payment from another account";
    /// G.
    StaleDated = 'G', "its date is too long ago", "ask for a new check";
    /// H.
    PostDated = 'H', "its date has not come", "hold it until its date, or ask for a new check";
    /// I.
    EndorsementMissing = 'I', "the endorsement is missing", "have it endorsed and deposit it again";
    /// J.
    EndorsementIrregular = 'J',
        "the endorsement is not as it should be",
        "have it endorsed and deposit it again";
    /// K.
    SignatureMissing = 'K', "it is not signed", "ask for a signed check";
    /// L.
    SignatureIrregular = 'L', "the signature is not the payer's", "ask for a new check";
    /// M.
    NonCashItem = 'M', "it cannot be collected like a check", "ask the bank how to collect it";
    /// N.
    AlteredOrFictitious = 'N', "it was altered or is not real", "treat it as fraud";
    /// O.
    Unprocessable = 'O', "the bank could not process it", "ask the bank; deposit it on paper";
    /// P.
    OverLimit = 'P', "it is for more than the account allows", "ask for another payment";
    /// Q.
    NotAuthorized = 'Q', "the payer did not authorise it", "treat it as disputed";
    /// R.
    Sold = 'R', "the branch was sold to another bank", "ask the bank for the new routing number";
    /// S.
    ReferToMaker = 'S', "the bank asks to turn to the payer", "ask for another payment";
    /// T.
    CannotBePresentedAgain = 'T', "it cannot be presented again", "ask for another payment";
    /// U.
    UnusableImage = 'U', "the image cannot be used", "send a better image or the paper";
    /// W.
    AmountUndetermined = 'W', "the amount cannot be told", "compare the amount with the image";
    /// X.
    ReferToImage = 'X', "the reason stands on the image", "look at the image";
    /// Y.
    Duplicate = 'Y', "it was paid already", "look for the first payment";
    /// Z.
    Forgery = 'Z', "it is forged", "treat it as fraud";
    /// 3.
    WarrantyBreach = '3',
        "the bank claims a breach of warranty",
        "hand it to the bank relations team";
    /// 4.
    RemotelyCreatedBreach = '4',
        "the bank claims a breach of warranty for a remotely created check",
        "hand it to the bank relations team";
    /// 5.
    ForgedBreach = '5', "the bank claims a breach of warranty for forgery", "treat it as fraud";
    /// 6.
    RetiredRoutingNumber = '6',
        "the routing number is not in use any more",
        "ask for a check of the payer's present bank";
}
