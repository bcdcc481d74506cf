<%@ Page Language="C#" %>
<%@ Import Namespace="System.Diagnostics" %>
<script runat="server">
  protected string Uptime() { return (DateTime.Now - Process.GetCurrentProcess().StartTime).ToString(); }
  protected string Process(string order) { return HttpUtility.HtmlEncode(order); }
</script>
<p>We process your order <%= Process(Request.QueryString["order"]) %>. Up since <%= Uptime() %></p>
