using CsCheck;
using Tocsin.Evidence.Lines;

namespace Tocsin.Evidence.Tests.Lines;

public class LineCursorTests
{
    static readonly Gen<byte[]> Blocks = Gen.Int[0, 11].Select(i => (byte)"a,\" \n\nb\r\u0001\tcd"[i]).Array[0, 400];

    [Fact]
    public void Sees_in_every_line_what_a_plain_loop_sees()
    {
        Blocks.Sample(block =>
        {
            var cursor = new LineCursor(block, (byte)',');
            int start = 0;
            while (start < block.Length)
            {
                int end = Array.IndexOf(block, (byte)'\n', start);
                if (end < 0) end = block.Length;
                byte[] line = block[start..end];
                Assert.True(cursor.MoveNext());
                Assert.Equal((start, end), (cursor.Start, cursor.End));
                Assert.Equal(line.Count(b => b == ','), cursor.Separators);
                Assert.Equal(line.Contains((byte)'"'), cursor.HasQuote);
                Assert.Equal(line.Any(b => b < 32 && b is not (9 or 10 or 11 or 12 or 13)), cursor.HasControl);
                start = end + 1;
            }

            Assert.False(cursor.MoveNext());
        }, iter: 20_000);
    }

    [Fact]
    public void Blocks_joined_give_the_lines_of_the_stream_less_those_over_the_limit()
    {
        Gen.Select(Blocks, Gen.Int[1, 40], Gen.Int[1, 50]).Sample((bytes, maxLine, chunk) =>
        {
            using var blocks = new BlockReader(new ChunkedStream(bytes, chunk), blockBytes: 16, maxLineBytes: maxLine);
            var lines = new List<(long, string)>();
            int tooLong = 0;
            while (blocks.TryRead(out var block, out long offset) is var read && read != BlockReader.Read.End)
            {
                if (read == BlockReader.Read.TooLong)
                {
                    tooLong++;
                    continue;
                }

                int at = 0;
                while (at < block.Length)
                {
                    int length = block[at..].IndexOf((byte)'\n');
                    if (length < 0) length = block.Length - at;
                    lines.Add((offset + at, Convert.ToHexString(block.Slice(at, length))));
                    at += length + 1;
                }
            }

            var expected = new List<(long Offset, string Hex)>();
            for (int start = 0; start < bytes.Length;)
            {
                int end = Array.IndexOf(bytes, (byte)'\n', start);
                if (end < 0) end = bytes.Length;
                expected.Add((start, Convert.ToHexString(bytes[start..end])));
                start = end + 1;
            }

            // A line over the limit may still be read where it came into the buffer whole; none within it may be lost.
            Assert.Equal(expected.Count, lines.Count + tooLong);
            Assert.All(expected.Where(l => l.Hex.Length / 2 < maxLine), l => Assert.Contains(l, lines));
            Assert.All(lines, l => Assert.Contains(l, expected));
        }, iter: 5_000);
    }

    sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);
    }
}
