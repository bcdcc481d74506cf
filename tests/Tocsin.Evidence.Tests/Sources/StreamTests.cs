using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>Hashing and transcoding on the way to the reader.</summary>
public sealed class StreamTests
{
    static readonly Gen<char> AnyChar = Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u0080', '\uFFFD'], Gen.Char['\uD800', '\uDFFF'], Gen.Char['\0', '\r']);

    [Fact]
    public void UTF16_becomes_the_UTF8_that_the_BCL_makes_of_it()
    {
        int cases = 0;
        Gen.Select(AnyChar.Array[0, 3000], Gen.Bool, Gen.Bool, Gen.Int[1, 5000]).Sample((chars, big, odd, chunk) =>
        {
            Encoding encoding = big ? Encoding.BigEndianUnicode : Encoding.Unicode;
            byte[] bytes = new byte[2 * chars.Length + 2 + (odd ? 1 : 0)];
            encoding.Preamble.CopyTo(bytes);
            for (int at = 0; at < chars.Length; at++)
            {
                bytes[2 + 2 * at] = (byte)(big ? chars[at] >> 8 : chars[at]);
                bytes[3 + 2 * at] = (byte)(big ? chars[at] : chars[at] >> 8);
            }

            var (text, transcoded) = Transcode(bytes, chunk);
            Assert.True(transcoded);
            Assert.Equal(Encoding.UTF8.GetBytes(encoding.GetString(bytes.AsSpan(2))), text);
            Interlocked.Increment(ref cases);
        }, iter: 2000);
        Assert.Equal(2000, cases);
    }

    [Fact]
    public void Long_UTF16_is_read_block_by_block()
    {
        string text = string.Concat(Enumerable.Repeat("#Fields: date time 😀 ünïcode 中文\r\n", 20_000));
        var (utf8, _) = Transcode([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)], 4099);
        Assert.Equal(text, Encoding.UTF8.GetString(utf8));
    }

    [Fact]
    public void Everything_else_passes_untouched()
    {
        int cases = 0;
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Int[1, 3000]).Where(sample => TextTranscoding.Recognise(sample.Item1.AsSpan(0, Math.Min(512, sample.Item1.Length)), out _) is null).Sample((bytes, chunk) =>
        {
            var (text, transcoded) = Transcode(bytes, chunk);
            Assert.False(transcoded);
            Assert.Equal(bytes, text);
            Interlocked.Increment(ref cases);
        }, iter: 2000);
        Assert.Equal(2000, cases);
    }

    [Theory]
    [InlineData("DateTime,AnchorMailbox\r\n2021-03-03,x\r\n", false, true)]
    [InlineData("DateTime,AnchorMailbox\r\n2021-03-03,x\r\n", true, true)]
    [InlineData("Größe,Straße\r\n", false, true)]
    [InlineData("a\0b\0c\0d\0", false, false)]
    [InlineData("ab", false, false)]
    public void Without_a_mark_text_is_known_by_its_zeros(string text, bool big, bool recognised)
    {
        byte[] bytes = (big ? Encoding.BigEndianUnicode : Encoding.Unicode).GetBytes(text);
        var (utf8, transcoded) = Transcode(bytes, 100);
        Assert.Equal(recognised, transcoded);
        if (recognised) Assert.Equal(text, Encoding.UTF8.GetString(utf8));
    }

    [Theory]
    [InlineData("ElfFile\0\0\0\0\0\0\0\0\0\u0005\0\0\0\0\0\0\0")]
    [InlineData("regf\u0002\0\0\0\u0002\0\0\0aaaaaaaa\u0001\0\0\0")]
    [InlineData("MZ\u0090\0\u0003\0\0\0\u0004\0\0\0\u00FF\u00FF\0\0")]
    [InlineData("FILE0\0\u0003\0")]
    [InlineData("#Software: Microsoft\r\n\0\0\0\0\0\0\0\0")]
    public void Binary_files_are_not_taken_for_text(string head)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(head);
        Assert.False(Transcode(bytes, 7).Transcoded);
    }

    [Fact]
    public void The_hash_is_that_of_all_original_bytes_however_far_the_reader_went()
    {
        int cases = 0;
        Gen.Select(Gen.Byte.Array[0, 5000], Gen.Int[0, 6000], Gen.Int[1, 700]).Sample((bytes, readBytes, chunk) =>
        {
            using var hashing = new HashingStream(new Trickle(bytes, chunk));
            byte[] buffer = new byte[readBytes];
            int read = hashing.ReadAtLeast(buffer, readBytes, throwOnEndOfStream: false);
            Assert.Equal(bytes[..read], buffer[..read]);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), hashing.Finish());
            Assert.Equal(hashing.Finish(), hashing.Finish());
            Assert.Equal(bytes.Length, hashing.Count);
            Interlocked.Increment(ref cases);
        }, iter: 1000);
        Assert.Equal(1000, cases);
    }

    [Fact]
    public void A_transcoded_file_is_hashed_before_it_is_transcoded()
    {
        byte[] bytes = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("hello")];
        using var hashing = new HashingStream(new MemoryStream(bytes));
        using var text = new StreamReader(new TextTranscoding(hashing));
        Assert.Equal("hello", text.ReadToEnd());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), hashing.Finish());
    }

    static (byte[] Bytes, bool Transcoded) Transcode(byte[] bytes, int chunk)
    {
        using var text = new TextTranscoding(new Trickle(bytes, chunk));
        using var copy = new MemoryStream();
        text.CopyTo(copy, chunk);
        return (copy.ToArray(), text.IsTranscoded);
    }

    /// <summary>Gives fewer bytes than it is asked for, as pipes and archives do.</summary>
    sealed class Trickle(byte[] bytes, int chunk) : ForwardStream
    {
        int _at;

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(Math.Min(chunk, buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }
    }
}
