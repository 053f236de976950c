using System.Collections.Immutable;
using System.Net;
using K2I.Base;
using K2I.Query;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace K2I.Serve;

/// <summary>
/// Answers one request: checks who asks, finds the endpoint, tells what is in the way. Read-only: GET and HEAD without a
/// body.
/// </summary>
internal sealed class Endpoints(HttpOptions options, ImmutableArray<Endpoint> endpoints, ILog log)
{
    private readonly BearerToken? token = options.Token is null ? null : new BearerToken(options.Token);
    private readonly Endpoint nowhere = new("/", "", _ => Task.CompletedTask);

    public async Task Answer(HttpContext context)
    {
        var (endpoint, path) = Find(context);
        var exchange = new Exchange(context, endpoint ?? nowhere, path);
        try
        {
            if (Refusal(context, endpoint) is { } refusal) await exchange.Send(refusal);
            else if (endpoint is not null) await endpoint.Answer(exchange);
            else await exchange.Send(new Problem(ProblemKind.NotFound, "there is no such path; / names those that there are"));
        }
        catch (SlowCallerException slow)
        {
            CutOff(exchange, slow.Message);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
        catch (QueryException error) when (exchange.Response.HasStarted)
        {
            CutOff(exchange, error.Message);
        }
        catch (QueryException error)
        {
            await exchange.Send(Problem.Of(error));
        }
        catch (Exception error)
        {
            log.Error("an endpoint failed", ("path", context.Request.Path.Value), ("error", error.Message));
            if (exchange.Response.HasStarted) exchange.Abort();
            else await exchange.Send(new Problem(ProblemKind.Bug, "internal error, see the log"));
        }
    }

    /// <summary>An answer that has begun must not look whole: its connection is cut.</summary>
    private void CutOff(Exchange exchange, string reason)
    {
        log.Warn("an answer was cut off", ("path", exchange.Request.Path.Value), ("reason", reason));
        exchange.Abort();
    }

    private (Endpoint? Endpoint, ImmutableArray<string> Path) Find(HttpContext context)
    {
        if (Target.Segments(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) is not { } segments) return (null, []);
        foreach (var endpoint in endpoints)
            if (endpoint.Match(segments.AsSpan()) is { } path) return (endpoint, path);
        return (null, []);
    }

    private Problem? Refusal(HttpContext context, Endpoint? endpoint)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return new(ProblemKind.BadMethod, "only GET and HEAD");
        }
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            context.Response.Headers.Connection = "close";
            return new(ProblemKind.HasBody, "a request has no body here");
        }
        // Rights to the socket's file are the login there; no page of a browser reaches it.
        if (endpoint is { IsOpen: true } || context.Features.Get<FileLogin>() is not null) return null;
        if (token is not null)
        {
            if (token.Matches(request.Headers.Authorization)) return null;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return new(ProblemKind.NoToken, "a bearer token is needed: Authorization: Bearer …");
        }
        // A web page could reach a loopback port through a name of its own that resolves to 127.0.0.1 (DNS rebinding).
        return options.Listen is { IsLoopback: true } && !IsLocalName(request.Host.Host)
            ? new(ProblemKind.ForeignHost, "the Host header must be localhost or an IP address") : null;
    }

    private static bool IsLocalName(string host) => host == "localhost" || IPAddress.TryParse(host.AsSpan().Trim("[]"), out _);
}
