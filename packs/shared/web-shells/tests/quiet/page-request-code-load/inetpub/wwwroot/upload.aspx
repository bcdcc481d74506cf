<%@ Page Language="C#" %>
<script runat="server">
  protected void Page_Load(object sender, EventArgs e) {
    var document = new System.Xml.XmlDocument();
    document.Load(Request.InputStream);
    version.Text = System.Reflection.Assembly.GetExecutingAssembly().GetName().Version.ToString();
  }
</script>
<asp:Label id="version" runat="server" />
