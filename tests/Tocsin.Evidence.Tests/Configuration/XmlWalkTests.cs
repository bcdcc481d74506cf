using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Xml;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Configuration;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;
using XmlNode = Tocsin.Evidence.Configuration.XmlNode;

namespace Tocsin.Evidence.Tests.Configuration;

/// <summary>The reader of XML against the library's, and against what no honest file holds.</summary>
public sealed class XmlWalkTests
{
    static readonly string[] Documents =
    [
        "<a/>",
        "<?xml version=\"1.0\"?><!-- c --><a b='1' c = \"2\"><d/>text<e f=\"&lt;&amp;&quot;&apos;&gt;&#65;&#x42;\" /></a>",
        "<a>\r\n  <b>one &amp; two</b>\r\n  <b><![CDATA[<three> & ]]></b><!-- > < --><?pi > ?></a>",
        "<a><b c='\"' d=\"'\"/><b c=\"a > b\"></b></a>\n",
        "\uFEFF<größe ü=\"ä\">ö &#x1F600;</größe>",
    ];

    [Fact]
    public void What_is_well_formed_reads_as_the_library_reads_it()
    {
        int compared = 0;
        foreach (string document in Documents)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(document);
            Assert.Equal(ByLibrary(bytes), Listing(bytes, out ReadReport report));
            Assert.Empty(report.Located);
            compared++;
        }

        foreach (string file in (string[])["E15_applicationHost.config", "E16_applicationHost.config", "E19_applicationHost.config", "E16_GetExchangeServer.clixml", "E16_GetOwaVirtualDirectory.clixml", "E19_GetExchangeServer.clixml", "E19_GetOwaVirtualDirectory.clixml"])
        {
            if (SharedEvidence.Read($"22-benign-config/{file}") is not { } bytes) continue;
            Assert.Equal(ByLibrary(bytes), Listing(bytes, out ReadReport report));
            Assert.Empty(report.Located);
            compared++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} documents compared");
        Assert.True(compared is 5 or 12, $"{compared} documents");
    }

    [Fact]
    public void Tags_and_texts_stand_where_their_positions_say()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Documents[2]);
        var context = new ReadContext(_ => throw new InvalidOperationException(), new ReadReport());
        var xml = new XmlWalk(new MemoryStream(bytes), context);
        int steps = 0;
        while (xml.Next())
        {
            if (xml.Node == XmlNode.Text && xml.Raw.IndexOf("]]>"u8) >= 0) continue;
            Assert.True(bytes.AsSpan((int)xml.Position.Offset).StartsWith(xml.Raw));
            Assert.Equal(1 + bytes.AsSpan(0, (int)xml.Position.Offset).Count((byte)'\n'), xml.Position.Line);
            steps++;
        }

        Assert.Equal(7, steps);
    }

    [Fact]
    public void The_size_of_what_the_stream_gives_at_once_is_no_matter()
    {
        foreach (string document in Documents)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(document);
            Assert.Equal(Listing(bytes, out _), Listing(new OneByteStream(bytes), out _));
        }
    }

    [Theory]
    [InlineData("<a><b></a><c/>", "Malformed")]
    [InlineData("<a><b x=\"1\"", "CutOff,CutOff")]
    [InlineData("<a><b", "CutOff,CutOff")]
    [InlineData("<a></b></a>", "Malformed")]
    [InlineData("<a>", "CutOff")]
    [InlineData("<a><b <c/></a>", "Malformed,Malformed")]
    [InlineData("<a b=\"1\0\"/>", "Binary")]
    [InlineData("<a>x\0</a>", "Binary")]
    [InlineData("<a b=1 c=\"2\"/>", "Malformed")]
    [InlineData("<a><!-- never closed", "CutOff,CutOff")]
    [InlineData("<a>< ></a>", "Malformed")]
    public void What_is_broken_is_counted_and_reading_goes_on(string document, string damage)
    {
        Listing(Encoding.UTF8.GetBytes(document), out ReadReport report);
        Assert.Equal(damage, string.Join(',', report.Located.Select(d => d.Kind)));
    }

    [Fact]
    public void No_entity_is_expanded_and_what_stands_behind_the_document_type_is_read()
    {
        var laughs = new StringBuilder("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY lol \"lol\">");
        for (int i = 1; i < 10; i++) laughs.Append(CultureInfo.InvariantCulture, $"<!ENTITY lol{i} \"{string.Concat(Enumerable.Repeat($"&lol{i - 1};", 10))}\">");
        laughs.Append("]><a b=\"&lol9;\">&lol9;</a>");
        string listing = Listing(Encoding.UTF8.GetBytes(laughs.ToString()), out ReadReport report);
        Assert.Equal("open a\ntext &lol9;\nclose a\n", listing.Replace(" b=&lol9;", "", StringComparison.Ordinal));
        Assert.Equal(1, report.Count(DamageKind.Malformed));
    }

    [Fact]
    public void Nesting_without_end_takes_no_memory_and_what_stands_behind_it_is_read()
    {
        string document = "<a>" + string.Concat(Enumerable.Repeat("<b>", 300_000)) + string.Concat(Enumerable.Repeat("</b>", 300_000)) + "<c/></a>";
        string listing = Listing(Encoding.UTF8.GetBytes(document), out ReadReport report);
        Assert.Contains("open c\n", listing, StringComparison.Ordinal);
        Assert.Equal(1, report.Count(DamageKind.Malformed));
    }

    [Theory]
    [InlineData("<a><add name=\"first\" image=\"", "\"/><c/></a>")]
    [InlineData("<a><", "><c/></a>")]
    [InlineData("<a><add name=\"first\" ", "/><c/></a>")]
    [InlineData("<a><![CDATA[", "]]><c/></a>")]
    [InlineData("<a><!--", "--><c/></a>")]
    [InlineData("<a>", "<c/></a>")]
    public void A_hundred_megabytes_in_one_piece_are_passed_over_in_bounded_memory(string before, string after)
    {
        const long Length = 100_000_000;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var report = new ReadReport();
        var xml = new XmlWalk(new LongStream(Encoding.UTF8.GetBytes(before), Length, Encoding.UTF8.GetBytes(after)), new ReadContext(_ => throw new InvalidOperationException(), report));
        bool reachedEnd = false;
        while (xml.Next()) reachedEnd |= xml.Node == XmlNode.Open && xml.Name.SequenceEqual("c"u8);
        Assert.True(reachedEnd, "what stands behind it was not read");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 8_000_000);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    static string Listing(byte[] bytes, out ReadReport report) => Listing(new MemoryStream(bytes), out report);

    static string Listing(Stream content, out ReadReport report)
    {
        report = new ReadReport();
        var xml = new XmlWalk(content, new ReadContext(_ => throw new InvalidOperationException(), report));
        var listing = new StringBuilder();
        while (xml.Next())
        {
            string name = Encoding.UTF8.GetString(xml.Name);
            if (xml.Node == XmlNode.Text) listing.Append(CultureInfo.InvariantCulture, $"text {Encoding.UTF8.GetString(xml.Text).ReplaceLineEndings("\n").Trim()}\n");
            else if (xml.Node == XmlNode.Close) listing.Append(CultureInfo.InvariantCulture, $"close {name}\n");
            else
            {
                listing.Append(CultureInfo.InvariantCulture, $"open {name}");
                foreach (string attribute in (string[])["b", "c", "f", "ü", "d", "name", "image", "type", "path", "physicalPath", "N", "RefId", "scriptProcessor", "preCondition", "value"])
                {
                    ReadOnlySpan<byte> value = xml[Encoding.UTF8.GetBytes(attribute)];
                    if (!value.IsEmpty) listing.Append(CultureInfo.InvariantCulture, $" {attribute}={Encoding.UTF8.GetString(value)}");
                }

                listing.Append(xml.IsEmpty ? $"\nclose {name}\n" : "\n");
            }
        }

        return listing.ToString();
    }

    static string ByLibrary(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true });
        var listing = new StringBuilder();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    string name = reader.Name;
                    bool isEmpty = reader.IsEmptyElement;
                    listing.Append(CultureInfo.InvariantCulture, $"open {name}");
                    foreach (string attribute in (string[])["b", "c", "f", "ü", "d", "name", "image", "type", "path", "physicalPath", "N", "RefId", "scriptProcessor", "preCondition", "value"])
                    {
                        if (reader.GetAttribute(attribute) is { Length: > 0 } value) listing.Append(CultureInfo.InvariantCulture, $" {attribute}={value}");
                    }

                    listing.Append(isEmpty ? $"\nclose {name}\n" : "\n");
                    break;
                case XmlNodeType.EndElement:
                    listing.Append(CultureInfo.InvariantCulture, $"close {reader.Name}\n");
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    listing.Append(CultureInfo.InvariantCulture, $"text {reader.Value.Trim()}\n");
                    break;
            }
        }

        return listing.ToString();
    }

    sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }

    /// <summary>A beginning, any number of the letter x, an end.</summary>
    sealed class LongStream(byte[] before, long length, byte[] after) : Stream
    {
        long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            ReadOnlySpan<byte> part = _at < before.Length ? before.AsSpan((int)_at) : _at >= before.Length + length ? after.AsSpan((int)(_at - before.Length - length)) : default;
            int count = part.IsEmpty && _at < before.Length + length ? (int)Math.Min(buffer.Length, before.Length + length - _at) : Math.Min(buffer.Length, part.Length);
            if (part.IsEmpty) buffer[..count].Fill((byte)'x');
            else part[..count].CopyTo(buffer);
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
