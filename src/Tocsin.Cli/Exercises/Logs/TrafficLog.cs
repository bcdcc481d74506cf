namespace Tocsin.Cli.Exercises.Logs;

/// <summary>A log of the server's requests: those of its kinds, merged by time.</summary>
internal abstract class TrafficLog(Estate estate, string id, Share share, bool hourly, Flow[] flows) : LogFamily(estate, id, share, hourly)
{
    readonly double[] _rowBytes = new double[flows.Length];

    /// <summary>How many requests happen, as a multiple of the real size: as many as the fullest of the logs keeps.</summary>
    public Func<Flow, DateOnly, double>? Happening { get; set; }

    protected abstract void Row(LogWriter w, in Request request, Build build);

    /// <summary>The part of a kind that this log has, even at the real size.</summary>
    protected virtual double ShareOf(Flow flow) => 1;

    /// <summary>How many requests of a kind this log keeps, as a multiple of the real size.</summary>
    public double Keeps(Flow flow) => Array.IndexOf(flows, flow) < 0 ? 0 : Scale * ShareOf(flow);

    public override void Write(LogWriter w, in Hour hour)
    {
        Span<Stream> streams = new Stream[flows.Length];
        int live = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            streams[live] = new(Estate, flows[i], hour.Day, hour.Number, Happening!(flows[i], hour.Day), Keeps(flows[i]), i == 0);
            if (streams[live].Ms != int.MaxValue) live++;
        }

        while (live > 0)
        {
            int next = 0;
            for (int i = 1; i < live; i++)
            {
                if (streams[i].Ms < streams[next].Ms) next = i;
            }

            ref Stream stream = ref streams[next];
            stream.Fill(out Request request);
            hour.Plant(request.Ms);
            Row(w, request, hour.Build);
            stream.Advance();
            if (stream.Ms == int.MaxValue) stream = streams[--live];
        }
    }

    public override (double Steady, double Others) BytesAt(LogWriter scratch, DateOnly day, int hour, Build build)
    {
        double steady = 0, others = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            double bytes = flows[i].In(day, hour) * ShareOf(flows[i]) * RowBytes(scratch, i, build);
            if (i == 0) steady = bytes;
            else others += bytes;
        }

        return (steady, others);
    }

    public override double LeastRow(LogWriter scratch, Build build) => RowBytes(scratch, 0, build);

    /// <summary>The mean length of a row of one kind, over some hundreds of them.</summary>
    double RowBytes(LogWriter scratch, int flow, Build build)
    {
        if (_rowBytes[flow] > 0) return _rowBytes[flow];
        scratch.Rewind();
        Stream stream = new(Estate, flows[flow], new(2021, 3, 3), 9, 1500 / flows[flow].In(new(2021, 3, 3), 9), double.MaxValue, true);
        int rows = 0;
        for (; rows < 400 && stream.Ms != int.MaxValue; stream.Advance(), rows++)
        {
            stream.Fill(out Request request);
            Row(scratch, request, build);
        }

        return _rowBytes[flow] = (double)scratch.Length / rows;
    }
}
