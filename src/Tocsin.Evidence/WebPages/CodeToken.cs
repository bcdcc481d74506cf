namespace Tocsin.Evidence.WebPages;

internal enum TokenKind
{
    Name,
    Text,
    Number,
    Sign,
    /// <summary>End of a line where that ends a statement.</summary>
    End,
}

/// <summary>How a text or name came to be what it is: put together, decoded, turned round.</summary>
[Flags]
internal enum TokenMarks
{
    None = 0,
    Joined = 1,
    Escaped = 2,
    Commented = 4,
    Codes = 8,
    Reversed = 16,
    Replaced = 32,
    Encoded = 64,
}

/// <summary>One token of server code; after folding, one value.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A name, a text without its quotes, a number, or an operator.</param>
/// <param name="At">Byte offset of its first sign.</param>
/// <param name="Marks">How it came about.</param>
internal readonly record struct CodeToken(TokenKind Kind, string Text, int At, TokenMarks Marks = TokenMarks.None)
{
    public bool Is(string sign) => Kind == TokenKind.Sign && Text == sign;

    public bool IsName(string name) => Kind == TokenKind.Name && Text.Equals(name, StringComparison.OrdinalIgnoreCase);

    public bool IsText => Kind == TokenKind.Text;
}

/// <summary>The languages that IIS runs.</summary>
internal enum CodeLanguage
{
    CSharp,
    JScript,
    VisualBasic,
    VBScript,
}
