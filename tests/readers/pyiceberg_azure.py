"""PyIceberg's files in Azure's store by the names that Azure gives them: CONTAINER@HOST, of which pyarrow wants the container alone."""
import sys

from pyiceberg.io.pyarrow import PyArrowFileIO

try:
    import packaging.version  # PyIceberg asks for it as it comes to Azure.
except ModuleNotFoundError:
    from pip._vendor import packaging
    from pip._vendor.packaging import version
    sys.modules.update({"packaging": packaging, "packaging.version": version})


class AzureFileIO(PyArrowFileIO):
    @staticmethod
    def parse_location(location, properties=None):
        scheme, netloc, path = PyArrowFileIO.parse_location(location, properties or {})
        container = netloc.split("@")[0]
        return scheme, container, container + path[len(netloc):]
