namespace Tocsin.Evidence.WebPages;

/// <summary>The closed vocabulary in which pages are described. Rules ask for these words in the field <c>Fact</c>; <c>docs/formats/web-page-facts.md</c> explains each.</summary>
public static class PageFacts
{
#pragma warning disable CS1591 // The sentence beside each word in All says what it means.
    public const string ServerScript = "server-script";
    public const string ServerExpression = "server-expression";
    public const string CodeBehind = "code-behind";
    public const string ServerObject = "server-object";
    public const string Include = "include";
    public const string ReadsRequest = "reads-request";

    public const string RequestReachesEval = "request-reaches-eval";
    public const string RequestReachesProcess = "request-reaches-process";
    public const string RequestReachesCodeLoad = "request-reaches-code-load";
    public const string RequestReachesFileWrite = "request-reaches-file-write";
    public const string RequestNamesWrittenFile = "request-names-written-file";
    public const string UploadSaved = "upload-saved";
    public const string RequestReachesFileRead = "request-reaches-file-read";
    public const string RequestReachesSql = "request-reaches-sql";
    public const string RequestReachesNetwork = "request-reaches-network";
    public const string RequestReachesDeserializer = "request-reaches-deserializer";
    public const string RequestDecrypted = "request-decrypted";
    public const string ConstantReachesEval = "constant-reaches-eval";
    public const string ConstantReachesCodeLoad = "constant-reaches-code-load";

    public const string EvaluatesCode = "evaluates-code";
    public const string StartsProcess = "starts-process";
    public const string LoadsCode = "loads-code";
    public const string WritesFile = "writes-file";
    public const string NativeCode = "native-code";

    public const string SplitKeyword = "split-keyword";
    public const string EscapedIdentifier = "escaped-identifier";
    public const string CommentInsideToken = "comment-inside-token";
    public const string CharCodes = "char-codes";
    public const string ReversedText = "reversed-text";
    public const string ReplacedText = "replaced-text";
    public const string EncodedConstant = "encoded-constant";
    public const string EncodedProgram = "encoded-program";
    public const string EncodedScript = "encoded-script";
    public const string HighEntropyConstant = "high-entropy-constant";
    public const string MostlyOneConstant = "mostly-one-constant";
    public const string OddEncoding = "odd-encoding";

    public const string PstHeader = "pst-header";
    public const string ForeignHeader = "foreign-header";
    public const string CertificateRequest = "certificate-request";
    public const string VirtualDirectoryDump = "virtual-directory-dump";

    public const string NameOfProduct = "name-of-product";
    public const string NameNotOfProduct = "name-not-of-product";
    public const string NameLikeProduct = "name-like-product";
    public const string NameRandom = "name-random";
    public const string DoubleExtension = "double-extension";
    public const string InheritsProduct = "inherits-product";

    public const string Compiled = "compiled";
    public const string CompiledRequestWithEval = "compiled-request-with-eval";
    public const string CompiledRequestWithProcess = "compiled-request-with-process";
    public const string CompiledRequestWithCodeLoad = "compiled-request-with-code-load";
    public const string CompiledPageGone = "compiled-page-gone";

    public const string NewerThanNeighbours = "newer-than-neighbours";
    public const string NewerThanUpdate = "newer-than-update";
    public const string WithinWave = "within-wave";
    public const string BornAfterModified = "born-after-modified";
#pragma warning restore CS1591

    /// <summary>Every word with its meaning, in the order in which documents list them.</summary>
    public static IReadOnlyList<(string Fact, string Meaning)> All { get; } =
    [
        (ServerScript, "server code stands in the page itself"),
        (ServerExpression, "the page shows the value of a server expression"),
        (CodeBehind, "the page names a class of a program that does its work"),
        (ServerObject, "the page makes a COM object on the server"),
        (Include, "another file is included"),
        (ReadsRequest, "server code reads what the visitor sent"),
        (RequestReachesEval, "what the visitor sent is run as code"),
        (RequestReachesProcess, "what the visitor sent is started as a program or command"),
        (RequestReachesCodeLoad, "what the visitor sent is loaded as a program library"),
        (RequestReachesFileWrite, "what the visitor sent is written to a file, or moves or deletes one"),
        (RequestNamesWrittenFile, "the visitor names the file that is written"),
        (UploadSaved, "an uploaded file is saved"),
        (RequestReachesFileRead, "the visitor names a file or folder that is read"),
        (RequestReachesSql, "what the visitor sent becomes part of a database command"),
        (RequestReachesNetwork, "the visitor says where the server connects to, or what it sends there"),
        (RequestReachesDeserializer, "what the visitor sent is turned into objects of any type"),
        (RequestDecrypted, "what the visitor sent is decrypted"),
        (ConstantReachesEval, "a text in the page is run as code"),
        (ConstantReachesCodeLoad, "a constant in the page is loaded as a program library"),
        (EvaluatesCode, "the page can run text as code"),
        (StartsProcess, "the page can start programs"),
        (LoadsCode, "the page can load program libraries from bytes or files"),
        (WritesFile, "the page can write files"),
        (NativeCode, "the page calls Windows to place code into memory and run it"),
        (SplitKeyword, "a telling word is put together from pieces"),
        (EscapedIdentifier, "a telling word is written with escapes or invisible signs"),
        (CommentInsideToken, "a telling word is torn apart by a comment"),
        (CharCodes, "a telling word is given by the numbers of its letters"),
        (ReversedText, "a telling word is written backwards"),
        (ReplacedText, "a telling word has signs in it that are taken out when the page runs"),
        (EncodedConstant, "a constant decodes to server code"),
        (EncodedProgram, "a constant decodes to a Windows program"),
        (EncodedScript, "the script is stored in Microsoft's encoded form"),
        (HighEntropyConstant, "a long constant looks random, as packed or encrypted bytes do"),
        (MostlyOneConstant, "most of the server code is one constant"),
        (OddEncoding, "the page is stored in an encoding that pages are not stored in"),
        (PstHeader, "the file begins as an Outlook mail file"),
        (ForeignHeader, "the file begins as a picture, archive, document or program"),
        (CertificateRequest, "the file is or holds a certificate request"),
        (VirtualDirectoryDump, "the page stands inside Exchange's listing of a virtual directory"),
        (NameOfProduct, "Exchange has a page of this name in this folder"),
        (NameNotOfProduct, "Exchange has no page of this name in this folder"),
        (NameLikeProduct, "the name looks like that of one of Exchange's pages and is another"),
        (NameRandom, "the name looks made by a random generator"),
        (DoubleExtension, "the name ends as a picture or text, behind the ending of a page"),
        (InheritsProduct, "the page's work is done by a class of Exchange"),
        (Compiled, "what ASP.NET made of a page when somebody asked for it"),
        (CompiledRequestWithEval, "one method of the compiled page reads the request and runs text as code"),
        (CompiledRequestWithProcess, "one method of the compiled page reads the request and starts programs"),
        (CompiledRequestWithCodeLoad, "one method of the compiled page reads the request and loads program libraries"),
        (CompiledPageGone, "the page is gone, though its folder was collected"),
        (NewerThanNeighbours, "the file was changed long after all others of its folder"),
        (NewerThanUpdate, "the file is newer than the newest of Exchange's own pages"),
        (WithinWave, "the file was changed in the days in which a wave hit servers"),
        (BornAfterModified, "the file says it was changed before it was made: its time was set by hand"),
    ];

    /// <summary>What a word means.</summary>
    public static string MeaningOf(string fact)
    {
        foreach ((string word, string meaning) in All)
        {
            if (word == fact) return meaning;
        }

        return fact;
    }
}

/// <summary>One fact and where it can be seen.</summary>
/// <param name="Name">One of <see cref="PageFacts"/>.</param>
/// <param name="Line">Line number from 1.</param>
/// <param name="Offset">Byte offset from 0.</param>
/// <param name="Excerpt">A short piece of the page, control signs taken out; empty where the fact is not about its text.</param>
public readonly record struct PageFact(string Name, long Line, long Offset, string Excerpt);
